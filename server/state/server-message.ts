/** What the server sends to a page over the socket. It stands here, since it can hold a whole state. */
import type { LoggedEvent } from "../events.ts";
import type { StatePart } from "./parts.ts";

export type ServerMessage =
  /** `epoch` changes when the session is opened again: the page then drops its state. */
  | { readonly type: "welcome"; readonly epoch: string; readonly path: string }
  /** The next part of the whole state. The part `session` begins a new state; the events that follow come after it. */
  | { readonly type: "state"; readonly part: StatePart }
  | { readonly type: "events"; readonly events: readonly LoggedEvent[] }
  /** The page has all that happened so far. */
  | { readonly type: "caught-up"; readonly seq: number }
  | { readonly type: "done"; readonly id: number }
  | { readonly type: "refused"; readonly id: number; readonly message: string };
