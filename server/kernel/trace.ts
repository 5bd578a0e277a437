/**
 * Where in a cell something happened. Cells run under the file name `cell:<id>` with the lines and columns that the
 * user wrote, so a stack is searched for such frames; all other frames are ours or a library's and stay unseen.
 */
import { inspect } from "node:util";
import { type CompiledCell, unshifted } from "../notebook/language/compile.ts";
import type { CellError, CellId, Position } from "../notebook/types.ts";

export function fileOf(cell: CellId): string {
  return `cell:${cell}`;
}

/** A cell at work, as far as its positions go. */
type Running = {
  readonly cell: CellId;
  readonly compiled: CompiledCell | undefined;
  readonly importing: Position | undefined;
};
type Frame = { readonly cell: CellId; readonly position: Position };

/** The frames that lie in cells, innermost first. */
function cellFrames(stack: string): Frame[] {
  return [...stack.matchAll(/\bcell:([^\s():]+):(\d+):(\d+)/g)].map(([, cell, line, column]) => ({
    cell: cell!,
    position: { line: Number(line), column: Number(column) - 1 },
  }));
}

/** Where the cell is calling from right now. */
export function callPosition(cell: CellId): Position | undefined {
  const here = { stack: "" };
  Error.captureStackTrace(here, callPosition);
  return cellFrames(here.stack).find((frame) => frame.cell === cell)?.position;
}

/** What was thrown at the top level of a cell, as the user should read it: with their own line, without a stack. */
export function cellError(thrown: unknown, { cell, compiled, importing }: Running): CellError {
  const stack = stackOf(thrown);
  const frames = cellFrames(stack);
  const own = frames.find((frame) => frame.cell === cell);
  const inner = frames[0] && frames[0].cell !== cell ? frames[0] : undefined;
  // The cells that led to it, from the one where it happened to the one that was called first.
  const chain = [...new Set(frames.map((frame) => frame.cell))].filter((each) => each !== cell);
  const position = own ? unshifted(own.position, compiled?.shifts ?? []) : (refusedLine(stack, cell) ?? importing);
  const file = stack.match(/\b(?:cell|project):([^\s():]+):(\d+):\d+/);
  const inFile = file?.[0].startsWith("project:") ? ` (in ${file[1]}, line ${file[2]})` : undefined;
  const where = inFile ?? (inner ? ` (in the cell ${inner.cell}, line ${inner.position.line})` : "");
  return {
    kind: "runtime",
    message: described(thrown) + where,
    ...(position && { position }),
    ...(inner && { cells: chain }),
  };
}

/** An error in words: its name where it says something, its message, and the causes that the message does not hold. */
export function described(thrown: unknown): string {
  if (!(thrown instanceof Error)) return `Thrown: ${inspect(thrown, { depth: 2 })}`;
  const message = thrown.message || "(no message)";
  const said =
    thrown.name === "Error" || message.startsWith(`${thrown.name}:`) ? message : `${thrown.name}: ${message}`;
  const below = thrown instanceof AggregateError ? thrown.errors : thrown.cause === undefined ? [] : [thrown.cause];
  const more = below.map(described).filter((text) => !said.includes(text));
  return [said, ...more.map((text) => `Because: ${text}`)].join("\n");
}

/** The stack of an error, and of its causes where its own never was in a cell. */
function stackOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return "";
  const own = thrown.stack ?? "";
  return thrown.cause === undefined ? own : `${own}\n${stackOf(thrown.cause)}`;
}

/** Code that V8 refuses to compile has its line at the head of the stack, above a picture of it. */
function refusedLine(stack: string, cell: CellId): Position | undefined {
  const lines = stack.split("\n");
  const head = lines[0]?.match(/^cell:(.+):(\d+)$/);
  if (!head || head[1] !== cell) return undefined;
  return { line: Number(head[2]), column: Math.max(0, lines[2]?.indexOf("^") ?? 0) };
}
