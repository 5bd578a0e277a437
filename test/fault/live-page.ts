/** A page without a browser: it follows the session of a real server, and its requests resolve when the server has answered. */
import { WebSocket } from "ws";
import type { Request } from "../../server/protocol.ts";
import { type StatePart, stateOf } from "../../server/state/parts.ts";
import { initialState, reduce } from "../../server/state/reducer.ts";
import type { ServerMessage } from "../../server/state/server-message.ts";
import type { SessionState } from "../../server/state/state.ts";
import { until } from "../server/until.ts";

export type Answer = "done" | "refused" | "lost";

export class LivePage {
  state: SessionState = initialState("n.ts");
  readonly socket: WebSocket;
  readonly #answers = new Map<number, (answer: Answer) => void>();
  /** Why requests were refused. */
  readonly refusals: string[] = [];
  #parts: StatePart[] = [];
  #caughtUp = false;
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (data) => this.#received(JSON.parse(String(data)) as ServerMessage));
    socket.on("error", () => undefined);
    socket.on("close", () => {
      for (const answer of this.#answers.values()) answer("lost");
      this.#answers.clear();
    });
  }

  /** @param address of the server, with its token */
  static async open(address: string, notebook = "n.ts"): Promise<LivePage> {
    const { host, searchParams } = new URL(address);
    const authorization = `Bearer ${searchParams.get("token")}`;
    const page = new LivePage(
      new WebSocket(`ws://${host}/api/session?notebook=${notebook}&since=0`, { headers: { authorization } }),
    );
    await until(() => page.#caughtUp);
    return page;
  }

  request(request: Request): Promise<Answer> {
    if (this.socket.readyState !== WebSocket.OPEN) return Promise.resolve("lost");
    const id = ++this.#lastId;
    this.socket.send(JSON.stringify({ id, request }));
    return new Promise((resolve) => this.#answers.set(id, resolve));
  }

  #received(message: ServerMessage): void {
    switch (message.type) {
      case "state":
        if (message.part.part === "session") this.#parts = [];
        this.#parts.push(message.part);
        return;
      case "caught-up":
        if (this.#parts.length > 0) this.state = stateOf(this.#parts);
        this.#parts = [];
        this.#caughtUp = true;
        return;
      case "events":
        for (const logged of message.events) if (logged.seq > this.state.seq) this.state = reduce(this.state, logged);
        return;
      case "done":
      case "refused":
        if (message.type === "refused") this.refusals.push(message.message);
        this.#answers.get(message.id)?.(message.type);
        this.#answers.delete(message.id);
        return;
      default:
        return;
    }
  }
}
