/** `palimpsest check` finds wrong types, and reports none that is right in a notebook. */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, realpath, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { main } from "../../../server/main.ts";

const experiments = fileURLToPath(new URL("../../../experiments/", import.meta.url));

const palimpsest = fileURLToPath(new URL("../../../server/palimpsest.mjs", import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "check-types-")));
});

type Checked = { readonly code: number; readonly errors: readonly string[] };

/** Each error as `cell line:column kind: message`. */
async function check(path: string): Promise<Checked> {
  const out = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const code = await main(["check", path, "--json"]);
  const text = out.mock.calls.map(([chunk]) => String(chunk)).join("");
  out.mockRestore();
  const { cells } = JSON.parse(text) as {
    cells: { id: string; errors: { kind: string; line: number; column: number; message: string }[] }[];
  };
  const errors = cells.flatMap(({ id, errors }) =>
    errors.map(({ kind, line, column, message }) => `${id} ${line}:${column} ${kind}: ${message}`),
  );
  return { code, errors };
}

async function checkText(text: string): Promise<Checked> {
  await writeFile(join(folder, "n.ts"), text);
  return check(join(folder, "n.ts"));
}

const imports = '// %% imports\nimport { chatModel, lora, train } from "palimpsest";\n\n';

describe("wrong types", () => {
  it("are found with cell, line and column in the notebook, whatever the order of the cells, and count", async () => {
    const { code, errors } = await checkText(`// %% train
// 漢字 😀
const run = train(base, { lr: 1 });

// %% adapter
const adapter = lora({
  rank: 4,
  target_modules: ["q_proj"],
});

// %% base
const base = await chatModel("tiny-chat");
const rank: string = adapter.rank;

${imports}`);
    expect(errors).toEqual([
      expect.stringMatching(/^train 2:27 type: .*'lr' does not exist in type 'TrainOptions'/),
      expect.stringMatching(/^adapter 3:3 type: .*'target_modules' does not exist/),
      "base 2:7 type: Type 'number' is not assignable to type 'string'.",
    ]);
    expect(code).toBe(1);
  });

  it("are found in what project files export, and with their explanation", async () => {
    await writeFile(join(folder, "lib.ts"), "export const twice = (n: number): number => 2 * n;\n");
    const { errors } = await checkText(
      '// %% a\nimport { twice } from "./lib.ts";\ntwice("3");\nconst f: (n: number) => string = twice;\nconst q: Foo = 1;\n',
    );
    expect(errors).toEqual([
      "a 2:7 type: Argument of type 'string' is not assignable to parameter of type 'number'.",
      expect.stringMatching(/^a 3:7 type: .* Type 'number' is not assignable to type 'string'\.$/),
      "a 4:10 type: Cannot find name 'Foo'.",
    ]);
  });

  it("are found beside other errors, which are reported once", async () => {
    const { errors } = await checkText(
      '// %% torn\nconst x = ;\n\n// %% a\nimport { absent } from "palimpsest";\nnowhere + x;\nconst n: number = "n";\n',
    );
    const places = errors.map((error) => /^\S+ \S+ [\w-]+/.exec(error)?.[0]);
    expect(places.toSorted()).toEqual([
      "a 1:24 import",
      "a 2:1 unknown-name",
      "a 2:11 unknown-name",
      "a 3:7 type",
      "torn 1:11 syntax",
    ]);
  });
});

describe("without TypeScript's compiler", () => {
  it.each([
    [
      "no package",
      "typescript",
      /^Types were not checked: the package typescript is not installed\. Run npm install.*\.\n$/,
    ],
    [
      "an old one",
      "typescript/unstable",
      /^Types were not checked: .*typescript is older than version 7\. Run .*\.\n$/,
    ],
  ])("all else is checked, and one line says what to do: %s", async (_what, absent, line) => {
    const hooks = `export const resolve = (name, about, next) => {
      if (name.startsWith(${JSON.stringify(absent)})) throw Object.assign(new Error("absent"), { code: "ERR_MODULE_NOT_FOUND" });
      return next(name, about);
    };`;
    const url = `data:text/javascript,${encodeURIComponent(hooks)}`;
    await writeFile(
      join(folder, "hide.mjs"),
      `import { register } from "node:module";\nregister(${JSON.stringify(url)});\n`,
    );
    await writeFile(join(folder, "n.ts"), '// %% a\nconst n: number = "n";\n\n// %% b\nnowhere;\n');
    const command = ["--import", join(folder, "hide.mjs"), palimpsest, "check", join(folder, "n.ts")];
    const { code, stdout, stderr } = await new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) =>
      execFile(process.execPath, command, (error, stdout, stderr) =>
        resolve({ code: error?.code ?? 0, stdout, stderr }),
      ),
    );
    expect(stderr).toMatch(line);
    expect(stdout).toMatch(/unknown-name at 1:1/);
    expect(stdout).not.toMatch(/type at/);
    expect(code).toBe(1);
  });
});

describe("no error is reported", () => {
  it("in the experiments", async () => {
    const names = (await readdir(experiments)).filter((name) => name.endsWith(".ts"));
    expect(names.length).toBeGreaterThan(4);
    for (const name of names)
      expect([name, await check(join(experiments, name))]).toEqual([name, { code: 0, errors: [] }]);
  });

  it.each([
    [
      "await at the top level",
      "// %% a\nconst x = await Promise.resolve(1);\nfor await (const y of [x]) y.toFixed();\n",
    ],
    [
      "names of later cells",
      "// %% a\nb.toFixed() + twice(b);\n\n// %% b\nconst b = 1;\n\n// %% f\nfunction twice(n: number) {\n  return 2 * n;\n}\n",
    ],
    ["types of other cells", "// %% a\nconst x: T = { n: 1 };\n\n// %% b\ntype T = { n: number };\n"],
    ["parameters without a type", "// %% a\nfunction f(x, y = 1) {\n  return x[y];\n}\nf({ a: 1 }, 2);\n"],
    ["lists that are filled later", "// %% a\nconst list = [];\nfor (const n of [1, 2]) list.push(n);\nlist[0] + 1;\n"],
    [
      "a cell without a semicolon at its end",
      "// %% a\nconst f = 1\n\n// %% b\n(f + 1).toFixed()\n\n// %% c\n[1, 2].map((n) => n + f) // end\n",
    ],
    [
      "globals and modules of Node",
      '// %% a\nimport { readFileSync } from "node:fs";\nconst text = readFileSync(process.argv[1]!, "utf8");\nBuffer.from(text);\n',
    ],
    [
      "a stream",
      '// %% a\nimport { stream } from "palimpsest";\nconst n = stream(async function* () {\n  yield 1;\n});\n\n// %% b\nn.toFixed();\n',
    ],
    ["a caught error", '// %% a\ntry {\n  JSON.parse("x");\n} catch (error) {\n  error.message;\n}\n'],
    ["a name that is tested with typeof", "// %% a\nconst kind = typeof absent;\n"],
    [
      "project files and JSON",
      '// %% a\nimport data from "./data.json" with { type: "json" };\nimport { half } from "./half.ts";\nhalf(data.n).toFixed();\n',
    ],
    [
      "a type that two cells import",
      '// %% a\nimport type { Pair } from "palimpsest";\nconst p: Pair[] = [];\n\n// %% b\nimport type { Pair } from "palimpsest";\nconst q: Pair[] = p;\n',
    ],
  ])("for %s", async (_what, text) => {
    await writeFile(join(folder, "data.json"), '{"n": 4}');
    await writeFile(join(folder, "half.ts"), "export const half = (n: number): number => n / 2;\n");
    await writeFile(join(folder, "tsconfig.json"), '{"compilerOptions": {"noUnusedLocals": true, "lib": []}}');
    expect(await checkText(text)).toEqual({ code: 0, errors: [] });
  });
});
