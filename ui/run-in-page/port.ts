/**
 * The connection of a page without a server: the session runs in a worker of the page, whose code and files the page carries. It ends with
 * the tab, or when it is closed.
 */
import { fromText, unpacked } from "../../server/in-page/container.ts";
import type { Task, ToPage, ToWorker, VerificationProgress } from "../../server/in-page/port.ts";
import type { ClientMessage } from "../../server/protocol.ts";
import type { ServerMessage } from "../../server/state/server-message.ts";
import type { Connection, Link, Listener } from "../session/socket.ts";

export type Begun = {
  readonly connection: (listener: Listener) => Connection;
  /** Ends the worker and the kernel that it has started. */
  readonly end: () => void;
};

export type PortListeners = {
  readonly verification: (progress: VerificationProgress) => void;
  readonly failed: (message: string) => void;
};

/** @param payload the text that the page carries. @throws if it was changed */
export async function begin(payload: string, task: Task, listeners: PortListeners): Promise<Begun> {
  const container = fromText(payload);
  const code = (await unpacked(container, (name) => name === "session.js")).get("session.js");
  if (!code) throw new Error("This page carries no code to run its notebook with.");
  const address = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const worker = new Worker(address);
  const early: ServerMessage[] = [];
  let port: Port | undefined;
  worker.onmessage = ({ data }: MessageEvent<ToPage>) => {
    switch (data.kind) {
      case "server": {
        const message = JSON.parse(data.text) as ServerMessage;
        if (port) port.received(message);
        else early.push(message);
        return;
      }
      case "verification":
        return listeners.verification(data.progress);
      case "stored":
      case "not-stored":
        return port?.stored(data);
      case "failed":
        return listeners.failed(data.message);
      default:
        data satisfies never;
    }
  };
  worker.onerror = ({ message }) => listeners.failed(`The notebook could not be started in this page: ${message}`);
  const tell = (message: ToWorker): void => worker.postMessage(message);
  tell({ kind: "begin", container, task });
  return {
    connection: (listener) => {
      port = new Port(listener, tell);
      return port;
    },
    end: () => {
      worker.terminate();
      URL.revokeObjectURL(address);
      port?.ended();
    },
  };
}

type Stored = Extract<ToPage, { readonly kind: "stored" | "not-stored" }>;

class Port implements Connection {
  link: Link = { status: "connecting" };
  readonly #listener: Listener;
  readonly #tell: (message: ToWorker) => void;
  /** Files that the worker has not answered for. */
  readonly #files = new Map<number, (answer: Stored) => void>();
  #lastFile = 0;

  constructor(listener: Listener, tell: (message: ToWorker) => void) {
    this.#listener = listener;
    this.#tell = tell;
  }

  connect(): void {}

  settled(): void {
    this.#setLink({ status: "live" });
  }

  send(message: ClientMessage): boolean {
    if (this.link.status !== "live") return false;
    this.#tell({ kind: "client", text: JSON.stringify(message) });
    return true;
  }

  async upload(file: File): Promise<string> {
    const id = ++this.#lastFile;
    const bytes = new Uint8Array(await file.arrayBuffer());
    const answer = await new Promise<Stored>((resolve) => {
      this.#files.set(id, resolve);
      this.#tell({ kind: "file", id, name: file.name, bytes });
    });
    if (answer.kind === "not-stored") throw new Error(answer.message);
    return answer.path;
  }

  stored(answer: Stored): void {
    this.#files.get(answer.id)?.(answer);
    this.#files.delete(answer.id);
  }

  close(): void {
    this.ended();
  }

  received(message: ServerMessage): void {
    this.#listener.onMessage(message);
  }

  ended(): void {
    this.#setLink({ status: "gone", reason: "The notebook no longer runs in this page." });
  }

  #setLink(link: Link): void {
    this.link = link;
    this.#listener.onLink(link);
  }
}
