/** Underlines the errors of a cell in its code, at the positions that the analysis or the stack trace gives. */
import type { Diagnostic } from "@codemirror/lint";
import type { Text } from "@codemirror/state";
import type { CellError, Position } from "../../server/notebook/types.ts";

/** The offset of a position in the text. A position that no longer exists becomes the nearest one that does. */
export function offsetOf(text: Text, { line, column }: Position): number {
  const found = text.line(Math.min(Math.max(line, 1), text.lines));
  return Math.min(found.from + Math.max(column, 0), found.to);
}

export function squiggles(text: Text, errors: readonly CellError[]): Diagnostic[] {
  return errors.flatMap((error) => {
    if (!error.position) return [];
    const from = offsetOf(text, error.position);
    const line = text.lineAt(from);
    const word = /^(?:[\p{L}\p{N}_$]+|.)/u.exec(line.text.slice(from - line.from))?.[0] ?? "";
    return [{ from, to: from + word.length, severity: "error" as const, message: error.message }];
  });
}
