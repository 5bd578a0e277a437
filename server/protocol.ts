/**
 * The protocol between page and server (what the server sends is in `state/server-message.ts`): one WebSocket per open notebook, at
 * `/api/session?notebook=<path>&since=<seq>&epoch=<epoch>`, and a few HTTP requests for the start page. The server sends a
 * welcome, then what the page lacks: the events after `since` if they are few, and otherwise the whole state. Then new events
 * follow as they happen, in order. A page that reconnects gives the last sequence number that it has.
 */

import type { LoggedEvent, RunId } from "./events.ts";
import type { Flag } from "./notebook/source/head.ts";
import type { Cell, CellId, CellMode } from "./notebook/types.ts";
import type { InputValue, RunOrder } from "./values.ts";

/** A request of the page. The server answers each with `done` or `refused`; the effects arrive as events. */
export type Request =
  | { readonly type: "edit"; readonly cell: CellId; readonly source: string; readonly by: string }
  | {
      readonly type: "insert";
      readonly after: CellId | null;
      readonly kind: "code" | "markdown";
      readonly source?: string;
    }
  | { readonly type: "remove"; readonly cell: CellId }
  /** Undoes a removal: the cell as it was, with its id, mode and options. */
  | { readonly type: "put-back"; readonly cell: Cell; readonly after: CellId | null }
  | { readonly type: "move"; readonly cell: CellId; readonly after: CellId | null }
  | { readonly type: "rename"; readonly cell: CellId; readonly to: CellId }
  | { readonly type: "mode"; readonly cell: CellId; readonly mode: CellMode }
  /** Sets or removes a flag of the cell's `// %%` line: `cache` or `disabled`. */
  | { readonly type: "flag"; readonly cell: CellId; readonly flag: Flag; readonly on: boolean }
  /** Changes the settings of the notebook; those left out stay. */
  | { readonly type: "settings"; readonly lazy?: boolean; readonly ask?: number | "never" }
  /** Answers the `question` of the state: whether what it asks about is to happen. */
  | { readonly type: "decide"; readonly accept: boolean }
  /** Answers `pending` of the state: whether the expensive cells are to run. */
  | { readonly type: "answer"; readonly run: boolean }
  | { readonly type: "run"; readonly cells: readonly CellId[] | "all" | "stale" }
  | { readonly type: "stop"; readonly cell?: CellId }
  | { readonly type: "input"; readonly cell: CellId; readonly name: string; readonly value: InputValue }
  /** Gives an order to a run of the current generation of its cell. */
  | { readonly type: "steer"; readonly run: RunId; readonly order: RunOrder }
  /** Writes the notebook's file, even if it was deleted or emptied in another program. */
  | { readonly type: "save-file" }
  | { readonly type: "restart-kernel" };

/** The longest message of a page, in bytes; the longest are the sources of cells. */
export const MESSAGE_BYTES = 8e6;

export type ClientMessage = { readonly id: number; readonly request: Request };

/** The kernel of an open notebook. */
export type KernelUse = {
  /** When it was started, in milliseconds since 1970. */
  readonly since: number;
  /** Its backend, when it is ready. */
  readonly backend?: string;
  /** Memory of the process, where the system tells it. */
  readonly bytes?: number;
  /** Bytes of its tensors, wherever they are. */
  readonly tensors: number;
  /** What ending it now would interrupt. */
  readonly work: "training" | "cells" | "none";
  /** How many pages show the notebook. */
  readonly pages: number;
};

/**
 * `POST /api/kernels`: ends the kernel of an open notebook, or closes the notebook with its kernel. Its values are lost; outputs,
 * edits and the rows of trainings are kept. `training: "keep"` refuses with 409 while a training runs. Answers 200 {} or 4xx {message}.
 */
export type EndOrder = {
  readonly notebook: string;
  readonly end: "kernel" | "session";
  readonly training: "keep" | "interrupt";
};

/** `GET /api/notebooks` */
export type NotebookListing = {
  readonly workspace: string;
  readonly notebooks: readonly {
    /** Relative to the workspace, with forward slashes. */
    readonly path: string;
    /** The first heading of the notebook's markdown, or the path. */
    readonly title: string;
    /** The first paragraph under it. */
    readonly summary: string;
    readonly cells: number;
    /** Milliseconds since 1970. */
    readonly modified: number;
    readonly open: boolean;
    readonly running: boolean;
    readonly kernel?: KernelUse;
  }[];
};
/** `POST /api/notebooks`: {path} creates an empty notebook, {path, from} a copy. Answers 201 {path} or 4xx {message}. */
export type NewNotebook = { readonly path: string; readonly from?: string };
/** `POST /api/files?notebook=<path>&name=<name>` saves the body as a file in the workspace. Answers 201 {path} or 4xx {message}. */
export type KeptFile = { readonly path: string };
export type Refusal = { readonly message: string };
export type { LoggedEvent };
