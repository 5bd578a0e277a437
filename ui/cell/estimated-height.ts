/**
 * How high a cell will be, before the browser has laid it out. Cells outside the screen are laid out when they come near it;
 * the better the estimate, the steadier the scroll bar and jumps to far cells.
 */
import type { CellState } from "../../server/state/cell-state.ts";
import type { Output } from "../../server/values.ts";
import { allErrors } from "./errors.ts";
import { startsFolded } from "./layout.ts";

/** In pixels. */
const CODE_LINE = 22.4;
const TEXT_LINE = 26;
const CODE_AROUND = 46;
const FOLDED = 32;
const ROW = 32;
const TALLEST_TABLE = 416;
const TALLEST_CONSOLE = 256;
const ERROR = 50;
/** Characters. */
const COLUMN = 90;

export function estimatedHeight(state: CellState): number {
  const { cell, outputs, console, inputs } = state;
  if (cell.kind === "markdown") return Math.max(28, lines(cell.source) * TEXT_LINE);
  const code = startsFolded(cell) ? FOLDED : lines(cell.source) * CODE_LINE + CODE_AROUND;
  const shown = outputs.reduce((sum, output) => sum + heightOf(output) + 14, 0);
  const errors = allErrors(state).length * ERROR;
  return Math.round(code + errors + shown + inputs.length * 36 + Math.min(TALLEST_CONSOLE, console.length * 20) + 4);
}

function heightOf(output: Output): number {
  switch (output.kind) {
    case "plot":
    case "image":
      return 280;
    case "html":
      return 226;
    case "table":
      return Math.min(TALLEST_TABLE, (output.rows.length + 1) * ROW);
    case "text":
      return Math.min(480, lines(output.text) * CODE_LINE);
    case "markdown":
      return lines(output.text) * TEXT_LINE;
    case "run":
      return 54;
    case "blob":
      return 192;
    case "value":
      return CODE_LINE;
  }
}

function lines(text: string): number {
  let count = 0;
  for (const line of text.split("\n", 1000)) count += Math.max(1, Math.ceil(line.length / COLUMN));
  return count;
}
