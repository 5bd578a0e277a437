/** A notebook that is edited while its sweep goes on: no entry has results of other code than its name says. */
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { entriesIn, filesOf, startSweep } from "./tiny-sweep.ts";

it("leaves out the entries that are left when the notebook or a file that it imports has changed", async () => {
  const folder = await mkdtemp(join(tmpdir(), "changed-"));
  const file = join(folder, "factor.ts");
  await writeFile(file, "export const factor = 2;\n");
  // The first entry edits the file, as a user would meanwhile.
  const notebook = `// %% all
import { writeFileSync } from "node:fs";
import { input, report } from "palimpsest";
import { factor } from "./factor.ts";
const n = input.number("n", { value: 1 });
report([{ method: "product", product: n * factor }]);
if (n === 1) writeFileSync(${JSON.stringify(file)}, "export const factor = 3;\\n");
`;
  await writeFile(join(folder, "n.ts"), notebook);
  const args = ["--grid", "n=1,2", "--jobs", "1"];
  const first = await startSweep(folder, args).ended;
  const entries = entriesIn(first);
  expect(entries.map(({ status, results }) => [status, results])).toEqual([
    ["done", [{ method: "product", product: 2 }]],
    ["missing", []],
  ]);
  expect(first.code).toBe(1);
  expect((await filesOf(folder, "log.txt")).get(entries[1]!.id)).toContain("has changed since the sweep began");
  expect(await readFile(file, "utf8")).toContain("3");

  const again = await startSweep(folder, args).ended;
  expect(entriesIn(again).map(({ results }) => results)).toEqual([
    [{ method: "product", product: 3 }],
    [{ method: "product", product: 6 }],
  ]);
  expect(again.code).toBe(0);
}, 120_000);
