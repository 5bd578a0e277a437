/**
 * Where in a cell something happened. Cells run under the file name `cell:<id>` with the lines and columns that the
 * user wrote, so a stack trace is searched for such frames. All other frames, ours or a library's, are left out.
 */
import { inspect } from "node:util";
import { type CompiledCell, unshifted } from "../notebook/language/compile.ts";
import type { CellError, CellId, Position } from "../notebook/types.ts";
import { ADDED_LINES } from "./script.ts";

export function fileOf(cell: CellId): string {
  return `cell:${cell}`;
}

/** What is needed of a running cell to find positions in it. */
type Running = {
  readonly cell: CellId;
  readonly compiled: CompiledCell | undefined;
  readonly importing: Position | undefined;
};
type Frame = { readonly cell: CellId; readonly position: Position };

/** The frames of cells, innermost first. */
function cellFrames(stack: string): Frame[] {
  return [...stack.matchAll(/\bcell:([^\s():]+):(\d+):(\d+)/g)].map(([, cell, line, column]) => ({
    cell: cell!,
    position: { line: Number(line) - ADDED_LINES, column: Number(column) - 1 },
  }));
}

/** The cells in whose code something was thrown, innermost first. */
export function cellsIn(thrown: unknown): CellId[] {
  return cellFrames(stackOf(thrown)).map(({ cell }) => cell);
}

/** Where the cell is calling from right now. */
export function callPosition(cell: CellId): Position | undefined {
  const here = { stack: "" };
  Error.captureStackTrace(here, callPosition);
  return cellFrames(here.stack).find((frame) => frame.cell === cell)?.position;
}

/** What the top level of a cell threw, as the user reads it: with the position in the cell, without a stack trace. */
export function cellError(thrown: unknown, { cell, compiled, importing }: Running): CellError {
  const stack = stackOf(thrown);
  const frames = cellFrames(stack);
  const own = frames.find((frame) => frame.cell === cell);
  const inner = frames[0] && frames[0].cell !== cell ? frames[0] : undefined;
  // The other cells on the stack, from the one that threw to the one that was called first.
  const chain = [...new Set(frames.map((frame) => frame.cell))].filter((each) => each !== cell);
  const position = own
    ? compiled
      ? unshifted(own.position, compiled)
      : own.position
    : (syntaxErrorPosition(stack, cell) ?? importing);
  const file = stack.match(/\b(?:cell|project):([^\s():]+):(\d+):\d+/);
  const inFile = file?.[0].startsWith("project:")
    ? ` (in ${file[1]}, line ${Number(file[2]) - ADDED_LINES})`
    : undefined;
  const where = inFile ?? (inner ? ` (in the cell ${inner.cell}, line ${inner.position.line})` : "");
  return {
    kind: "runtime",
    message: described(thrown) + where,
    ...(position && { position }),
    ...(inner && { cells: chain }),
  };
}

/** An error as text: its name unless that is "Error", its message, and the causes that the message does not contain. */
export function described(thrown: unknown): string {
  if (!(thrown instanceof Error)) return `Thrown: ${inspect(thrown, { depth: 2 })}`;
  const message = thrown.message || "(no message)";
  const text =
    thrown.name === "Error" || message.startsWith(`${thrown.name}:`) ? message : `${thrown.name}: ${message}`;
  const causes = thrown instanceof AggregateError ? thrown.errors : thrown.cause === undefined ? [] : [thrown.cause];
  const others = causes.map(described).filter((cause) => !text.includes(cause));
  return [text, ...others.map((cause) => `Cause: ${cause}`)].join("\n");
}

/** The stack traces of an error and of its causes: the error itself may never have been in a cell. */
function stackOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return "";
  const own = thrown.stack ?? "";
  return thrown.cause === undefined ? own : `${own}\n${stackOf(thrown.cause)}`;
}

/** V8 writes the position of a syntax error at the top of the stack: file and line, the source line, and a `^` below it. */
function syntaxErrorPosition(stack: string, cell: CellId): Position | undefined {
  const lines = stack.split("\n");
  const head = lines[0]?.match(/^cell:(.+):(\d+)$/);
  if (!head || head[1] !== cell) return undefined;
  return { line: Number(head[2]), column: Math.max(0, lines[2]?.indexOf("^") ?? 0) };
}
