/** `check` says without running what `run` fails at: the same cells, and words of the same message. */
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it, vi } from "vitest";
import { main } from "../../../server/main.ts";

type Files = Readonly<Record<string, string>>;

async function outcomesOf(files: Files): Promise<{ check: readonly [number, string]; run: readonly [number, string] }> {
  const folder = await mkdtemp(join(tmpdir(), "verdict-"));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const outcome = async (command: string, ...more: string[]): Promise<readonly [number, string]> => {
    const streams = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, "write").mockReturnValue(true));
    const code = await main([command, join(folder, "n.ts"), ...more]);
    const text = streams.flatMap((stream) => stream.mock.calls.map(([text]) => String(text))).join("");
    for (const stream of streams) stream.mockRestore();
    return [code, text];
  };
  return { check: await outcome("check"), run: await outcome("run", "--backend", "cpu") };
}

const importing = (names: string, from: string, use = names): string =>
  `// %% a\nimport { ${names} } from "${from}";\nconsole.log(${use});\n`;

it.each<[what: string, files: Files, message: string]>([
  ["a missing file", { "n.ts": importing("two", "./nowhere.ts") }, 'imported as "./nowhere.ts". Create it'],
  [
    "an ending left out",
    { "n.ts": importing("one", "./lib"), "lib.ts": "export const one = 1;" },
    'Write the ending: "./lib.ts".',
  ],
  [
    "an enum in a project file",
    { "n.ts": importing("E", "./lib.ts"), "lib.ts": "export enum E { a }" },
    "cannot contain an enum",
  ],
  [
    "a syntax error in a project file",
    { "n.ts": importing("a", "./lib.ts"), "lib.ts": "export const a = ;" },
    "./lib.ts, line 1, column 18",
  ],
  [
    "a missing export",
    { "n.ts": importing("Tow", "./lib.ts"), "lib.ts": 'export * from "./b.ts";', "b.ts": "export const tow = 2;" },
    '"./lib.ts" has no export Tow. Did you mean tow?',
  ],
  [
    "a type that is imported as a value",
    { "n.ts": importing("T", "./lib.ts", "1"), "lib.ts": "export type T = 1;" },
    '"./lib.ts" has no export T.',
  ],
  [
    "a missing export between project files",
    {
      "n.ts": importing("a", "./lib.ts"),
      "lib.ts": 'import { c } from "./b.ts";\nexport const a = c;',
      "b.ts": "export const b = 2;",
    },
    './lib.ts: "./b.ts" has no export c.',
  ],
  [
    "a missing file of a project file",
    { "n.ts": importing("a", "./lib.ts"), "lib.ts": 'import { c } from "./c.ts";\nexport const a = c;' },
    "./lib.ts, line 1, column 19: There is no file",
  ],
  [
    "a package that is not installed",
    { "n.ts": importing("x", "not-there/part") },
    'The package "not-there" is not installed',
  ],
  [
    "a misspelt name of this package",
    { "n.ts": importing("trian", "palimpsest") },
    '"palimpsest" has no export trian.',
  ],
  ["a cycle of cells", { "n.ts": "// %% a\nconst a = b;\n\n// %% b\nconst b = a;\n" }, "depend on each other"],
  [
    "a name that only newer versions of Node have",
    { "n.ts": "// %% a\nconsole.log(new URLPattern({}));\n" },
    "URLPattern is not defined in any cell",
  ],
])("%s", async (_, files, message) => {
  const { check, run } = await outcomesOf(files);
  expect([check[0], run[0]]).toEqual([1, 1]);
  expect(check[1]).toContain(message);
  expect(run[1]).toContain(message);
});

it.each<[what: string, files: Files]>([
  [
    "files that import each other",
    {
      "n.ts": importing("a", "./a.ts"),
      "a.ts": 'import { b } from "./b.ts";\nexport const a = () => b;',
      "b.ts": 'import { a } from "./a.ts";\nexport const b = () => a;',
    },
  ],
  [
    "all kinds of exports and modules",
    {
      "n.ts":
        '// %% a\nimport all, { one, type T, name, sub } from "./lib.js";\nimport data from "./data.json" with { type: "json" };\nimport { readFileSync } from "node:fs";\nimport { input } from "palimpsest";\nimport old, { named } from "old";\nimport * as tfjs from "@tensorflow/tfjs";\nconsole.log(all, one, name, sub, data.n, typeof readFileSync, typeof input, old, named, typeof tfjs);\n',
      "lib.ts":
        'export * from "./more.ts";\nexport * as sub from "./more.ts";\nexport default class {}\nexport type T = 1;\nexport { basename as name } from "node:path";\n',
      "more.ts": "export const one = 1;\n",
      "data.json": '{ "n": 1 }',
      "node_modules/old/package.json": '{ "name": "old" }',
      "node_modules/old/index.js": "module.exports = { ['na' + 'med']: 1 };",
    },
  ],
])("%s are right for both", async (_, files) => {
  const { check, run } = await outcomesOf(files);
  expect(check).toEqual([0, expect.stringContaining("no errors")]);
  expect(run).toEqual([0, expect.stringContaining("done")]);
});
