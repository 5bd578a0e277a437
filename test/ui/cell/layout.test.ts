import { expect, test } from "vitest";
import { foldedLine } from "../../../ui/cell/layout.ts";

test.each([
  ["", ""],
  ["\n\nconst a = 1;\n", "const a = 1;"],
  ["const run = train(base);\nrun.every(50, watch);", "const run = train(base); …"],
  ['import {\n  input,\n  show,\n} from "palimpsest";', 'import { input, show, } from "palimpsest";'],
  ["show(\n  a,\n);\nb;", "show( a, ); …"],
  ["// Four charts, of two trainings [\nshow(a);", "// Four charts, of two trainings [ …"],
])("the folded line of %j", (source, line) => {
  expect(foldedLine(source)).toBe(line);
});
