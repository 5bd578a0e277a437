/** Does what the page does: starts the real server on a new notebook, sends requests over a WebSocket and listens to its events. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocket } from "ws";
import type { SessionEvent } from "../../../server/events.ts";
import type { Request } from "../../../server/protocol.ts";
import type { ServerMessage } from "../../../server/state/server-message.ts";
import { serve } from "../../browser/real-server.ts";

export class Client {
  readonly #socket: WebSocket;
  readonly #close: () => Promise<void>;
  readonly #listeners = new Set<(event: SessionEvent) => void>();
  #requests = 0;

  /** Of the start page, with the token. */
  readonly address: string;
  /** Of the server. */
  readonly pid: number;

  private constructor(socket: WebSocket, address: string, pid: number, close: () => Promise<void>) {
    this.address = address;
    this.pid = pid;
    this.#socket = socket;
    this.#close = close;
    socket.on("message", (data) => {
      const message: ServerMessage = JSON.parse(String(data));
      if (message.type === "refused") throw new Error(message.message);
      if (message.type !== "events") return;
      for (const { event } of message.events) for (const listener of [...this.#listeners]) listener(event);
    });
  }

  /** @param text of the notebook, in a new folder that `close` deletes */
  static async open(text: string): Promise<Client> {
    const folder = await mkdtemp(join(tmpdir(), "bench-"));
    await writeFile(join(folder, "bench.ts"), text);
    const server = await serve(folder);
    const address = new URL(server.address);
    const authorization = `Bearer ${address.searchParams.get("token")}`;
    const socket = new WebSocket(`ws://${address.host}/api/session?notebook=bench.ts&since=0`, {
      headers: { authorization },
    });
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    return new Client(socket, server.address, server.pid, async () => {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    });
  }

  send(request: Request): void {
    this.#requests += 1;
    this.#socket.send(JSON.stringify({ id: this.#requests, request }));
  }

  /** Resolves at the next event that matches. */
  nextEvent(matches: (event: SessionEvent) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const listener = (event: SessionEvent): void => {
        if (!matches(event)) return;
        this.#listeners.delete(listener);
        resolve();
      };
      this.#listeners.add(listener);
    });
  }

  async close(): Promise<void> {
    this.#socket.close();
    await this.#close();
  }
}
