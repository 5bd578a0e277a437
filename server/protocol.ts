/**
 * The wire between page and server: one WebSocket per open notebook at `/api/session?notebook=<path>&since=<seq>&epoch=<epoch>`,
 * and a few HTTP requests for the start page. The server sends a welcome, then every logged event after `since`, in order and
 * without gaps, then goes on live. A page that reconnects names the last sequence number that it has.
 */

import type { LoggedEvent, RunId } from "./events.ts";
import type { Flag } from "./notebook/source/head.ts";
import type { Cell, CellId, CellMode } from "./notebook/types.ts";
import type { InputValue, RunOrder } from "./values.ts";

/** What a page asks for. Each is answered by `done` or `refused`; its effects arrive as events. */
export type Request =
  | { readonly type: "edit"; readonly cell: CellId; readonly source: string; readonly by: string }
  | {
      readonly type: "insert";
      readonly after: CellId | null;
      readonly kind: "code" | "markdown";
      readonly source?: string;
    }
  | { readonly type: "remove"; readonly cell: CellId }
  /** Undoes a removal: the cell as it was, its id, mode and words included. */
  | { readonly type: "put-back"; readonly cell: Cell; readonly after: CellId | null }
  | { readonly type: "move"; readonly cell: CellId; readonly after: CellId | null }
  | { readonly type: "rename"; readonly cell: CellId; readonly to: CellId }
  | { readonly type: "mode"; readonly cell: CellId; readonly mode: CellMode }
  /** Whether the cell keeps its results, or does not run: words of its `// %%` line. */
  | { readonly type: "flag"; readonly cell: CellId; readonly flag: Flag; readonly on: boolean }
  /** What holds for the notebook as a whole; what is left out stays. */
  | { readonly type: "settings"; readonly lazy?: boolean; readonly ask?: number | "never" }
  /** Answers what the state asks: whether the dear cells are to run. */
  | { readonly type: "answer"; readonly run: boolean }
  | { readonly type: "run"; readonly cells: readonly CellId[] | "all" | "stale" }
  | { readonly type: "stop"; readonly cell?: CellId }
  | { readonly type: "input"; readonly cell: CellId; readonly name: string; readonly value: InputValue }
  /** Asks something of a run that its cell's values still stand behind. */
  | { readonly type: "steer"; readonly run: RunId; readonly order: RunOrder }
  | { readonly type: "restart-kernel" };

export type ClientMessage = { readonly id: number; readonly request: Request };

export type ServerMessage =
  /** `epoch` changes when the log was begun anew: the page drops its state and takes everything from the start. */
  | { readonly type: "welcome"; readonly epoch: string; readonly path: string; readonly from: number }
  | { readonly type: "events"; readonly events: readonly LoggedEvent[] }
  /** All events up to the present have been sent. */
  | { readonly type: "caught-up"; readonly seq: number }
  | { readonly type: "done"; readonly id: number }
  | { readonly type: "refused"; readonly id: number; readonly message: string };

/** `GET /api/notebooks` */
export type NotebookListing = {
  readonly workspace: string;
  readonly notebooks: readonly {
    /** Relative to the workspace, with forward slashes. */
    readonly path: string;
    /** The first heading of the notebook's markdown, else the path. */
    readonly title: string;
    /** The first paragraph under it. */
    readonly summary: string;
    readonly cells: number;
    /** Milliseconds since 1970. */
    readonly modified: number;
    readonly open: boolean;
    readonly running: boolean;
  }[];
};
/** `POST /api/notebooks` {path} makes an empty one; {path, from} duplicates. Answers 201 {path} or 4xx {message}. */
export type NewNotebook = { readonly path: string; readonly from?: string };
/** `POST /api/files?notebook=<path>&name=<name>` keeps the body as a file of the workspace. Answers 201 {path} or 4xx {message}. */
export type KeptFile = { readonly path: string };
export type Refusal = { readonly message: string };
export type { LoggedEvent };
