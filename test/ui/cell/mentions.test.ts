import fc from "fast-check";
import { expect, test } from "vitest";
import { type Piece, pieces } from "../../../ui/cell/mentions.ts";

const ids = ["model", "model.big", "training-2", "on"];
const marked = (text: string): Piece[] => pieces(text, ids).filter((each) => typeof each !== "string");

test("a word is a cell only where the sentence says so", () => {
  expect(marked("The cell model could not be interrupted, so on with the model.")).toEqual([{ cell: "model" }]);
  expect(marked("A timer of generation 3 of the cell training-2 goes on.")).toEqual([{ cell: "training-2" }]);
  expect(marked("hold 1.6 GB (model.big 1.6 GB, model 37 bytes, no cell 2 MB)")).toEqual([
    { cell: "model.big" },
    { cell: "model" },
  ]);
  expect(marked("The cell models is another one; remodel 3 MB is not a cell.")).toEqual([]);
});

test("a command to copy ends before the full stop of the sentence", () => {
  expect(marked("In /home: npm install @ada/chroma-js.")).toEqual([{ command: "npm install @ada/chroma-js" }]);
});

test("the pieces together are the text, whatever the cells are called", () => {
  const text = (piece: Piece): string =>
    typeof piece === "string" ? piece : "cell" in piece ? piece.cell : piece.command;
  const id = fc.stringMatching(/^[\p{L}\p{N}_][\p{L}\p{N}_.-]{0,8}$/u);
  const words = fc.array(fc.oneof(fc.string(), fc.constantFrom("cell ", "the cell a", "npm install a", " 2 MB", "é")));
  fc.assert(
    fc.property(words, fc.array(id), (parts, cells) => {
      const whole = parts.join("");
      expect(pieces(whole, cells).map(text).join("")).toBe(whole);
    }),
  );
});
