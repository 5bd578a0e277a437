/** The workbench as a page meets it: the real server on a notebook of its own, and a WebSocket that asks and listens. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocket } from "ws";
import type { SessionEvent } from "../../../server/events.ts";
import type { Request, ServerMessage } from "../../../server/protocol.ts";
import { serve } from "../../browser/real-server.ts";

export class Client {
  readonly #socket: WebSocket;
  readonly #close: () => Promise<void>;
  readonly #waiting = new Set<(event: SessionEvent) => void>();
  #asked = 0;

  private constructor(socket: WebSocket, close: () => Promise<void>) {
    this.#socket = socket;
    this.#close = close;
    socket.on("message", (data) => {
      const message: ServerMessage = JSON.parse(String(data));
      if (message.type === "refused") throw new Error(message.message);
      if (message.type !== "events") return;
      for (const { event } of message.events) for (const hear of [...this.#waiting]) hear(event);
    });
  }

  static async open(notebook: string): Promise<Client> {
    const folder = await mkdtemp(join(tmpdir(), "bench-"));
    await writeFile(join(folder, "bench.ts"), notebook);
    const server = await serve(folder);
    const address = new URL(server.address);
    const authorization = `Bearer ${address.searchParams.get("token")}`;
    const socket = new WebSocket(`ws://${address.host}/api/session?notebook=bench.ts&since=0`, {
      headers: { authorization },
    });
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    return new Client(socket, async () => {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    });
  }

  ask(request: Request): void {
    this.#asked += 1;
    this.#socket.send(JSON.stringify({ id: this.#asked, request }));
  }

  /** Resolves at the first event for which it holds. */
  heard(holds: (event: SessionEvent) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const hear = (event: SessionEvent): void => {
        if (!holds(event)) return;
        this.#waiting.delete(hear);
        resolve();
      };
      this.#waiting.add(hear);
    });
  }

  async close(): Promise<void> {
    this.#socket.close();
    await this.#close();
  }
}
