/** The values of a cell, and what the user reads when it fails. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Stage } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open({
    "lengths.ts": "export type Metre = number;\nexport const double = (x: Metre): Metre => x * 2;\n",
    "broken.ts": 'import { gone } from "./nowhere.ts";\nexport const x = gone;\n',
  });
});
afterAll(() => stage.close());

describe("values", () => {
  test("names of one cell are values in another, and the last expression is shown", async () => {
    await stage.run("numbers", "const a: number = 2;\nfunction square(x: number): number { return x * x; }");
    await stage.run("use", "const b = square(a) + 1;\nb * 2");
    expect(await stage.value("[a, b]")).toEqual([2, 5]);
    expect(stage.outputs("use")).toEqual([{ kind: "value", value: { kind: "primitive", type: "number", text: "10" } }]);
  });

  test("the top level may await", async () => {
    const finished = await stage.run(
      "later",
      "const c = await new Promise<number>((done) => setTimeout(() => done(3), 5));",
    );
    expect(finished.status).toBe("done");
    expect(await stage.value("c")).toBe(3);
  });

  test("arrays and errors of cells are instances of the classes that libraries use", async () => {
    await stage.run("realm", "const same = [[] instanceof Array, new TypeError() instanceof Error];");
    expect(await stage.value("same")).toEqual([true, true]);
  });

  test("the names of a cell are gone when it ends", async () => {
    await stage.run("short", "const brief = 1;");
    stage.tell({ type: "end", cells: ["short"] });
    await expect(stage.value("brief")).rejects.toThrow("brief has no value");
  });
});

describe("errors", () => {
  test("show line and column as written, types included", async () => {
    const source = ["const wide: Map<string, number> = new Map();", "const y = (wide as any)", "  .missing(1);"].join(
      "\n",
    );
    const { status, error } = await stage.run("typed", source);
    expect(status).toBe("failed");
    expect(error).toMatchObject({ kind: "runtime", position: { line: 3, column: 3 } });
    expect(error?.message).toBe("TypeError: wide.missing is not a function");
  });

  test("on the first line, after an await, in a callback and in a library", async () => {
    const at = async (source: string) => (await stage.run("where", source)).error?.position;
    expect(await at("   null!.x;")).toEqual({ line: 1, column: 9 });
    expect(await at("await null;\n\n  throw new Error('late');")).toEqual({ line: 3, column: 8 });
    expect(await at("const list = [1];\nlist.map((x) =>\n    x.no());")).toEqual({ line: 3, column: 6 });
    expect(await at('import { tensor } from "@tensorflow/tfjs";\n\ntensor([1, 2, 3], [2, 2]);')).toEqual({
      line: 3,
      column: 0,
    });
  });

  test("in a function of another cell name that cell and the calling line", async () => {
    await stage.run("tools", "const fail = () => {\n  throw new RangeError('too far');\n};");
    const { error } = await stage.run("calls", "\nfail();");
    expect(error).toEqual({
      kind: "runtime",
      message: "RangeError: too far (in the cell tools, line 2)",
      position: { line: 2, column: 0 },
      cells: ["tools"],
    });
  });

  test("show their causes and no stack trace", async () => {
    const { error } = await stage.run("caused", "throw new Error('no model', { cause: new TypeError('bad shape') });");
    expect(error?.message).toBe("no model\nCause: TypeError: bad shape");
  });

  test("of promises that nobody awaits go to the console of their cell", async () => {
    const { status } = await stage.run(
      "loose",
      "\nPromise.reject(new Error('lost'));\nsetTimeout(() => { throw new Error('thrown'); }, 1);",
    );
    expect(status).toBe("done");
    await stage.heard((each) => each.type === "cell-console" && each.lines.some(({ text }) => text.includes("thrown")));
    const lines = stage.console("loose");
    expect(lines.map(({ level }) => level)).toEqual(["error", "error"]);
    expect(lines[0]?.text).toBe("Uncaught error: lost (line 2, column 16)");
    expect(await stage.value("1 + 1")).toBe(2);
  });
});

describe("imports", () => {
  test("a project file beside the notebook", async () => {
    await stage.run("file", 'import { double, type Metre } from "./lengths.ts";\nconst four: Metre = double(2);');
    expect(await stage.value("[four, double(4)]")).toEqual([4, 8]);
  });

  test("a project file that changed is loaded again", async () => {
    const { writeFile } = await import("node:fs/promises");
    const at = `${stage.folder}/factor.ts`;
    await writeFile(at, "export const factor = 1;\n");
    await stage.run("factor", 'import { factor } from "./factor.ts";');
    await writeFile(at, "export const factor: number = 22;\n");
    await stage.run("factor", 'import { factor } from "./factor.ts";');
    expect(await stage.value("factor")).toBe(22);
  });

  test("a missing package, file or export is named with what to do", async () => {
    const message = async (source: string) => (await stage.run("missing", source)).error?.message;
    expect(await message('import pad from "left-pad-of-nobody/deep";')).toBe(
      `The package "left-pad-of-nobody" is not installed. Run in ${stage.folder}: npm install left-pad-of-nobody`,
    );
    expect(await message('import { x } from "./nothing.ts";')).toBe(
      `There is no file ${stage.folder}/nothing.ts, imported as "./nothing.ts". Create it, or correct the import.`,
    );
    expect(await message('import { Double } from "./lengths.ts";')).toBe(
      '"./lengths.ts" has no export Double. Did you mean double?',
    );
    expect(await message('import { x } from "./broken.ts";')).toContain("nowhere.ts");
    const { error } = await stage.run(
      "missing",
      'const a = 1;\nimport fs from "node:fs";\nimport { x } from "absent";',
    );
    expect(error?.position).toEqual({ line: 3, column: 18 });
  });
});

test("a last expression after other code on its line keeps its position, and a promise is awaited", async () => {
  const { error } = await stage.run("shifted", "const o: object = {}; (o as any).f();");
  expect(error?.position).toEqual({ line: 1, column: 33 });
  await stage.run("promised", "Promise.resolve('there')");
  expect(stage.outputs("promised")).toMatchObject([{ value: { text: "there" } }]);
});

describe("console", () => {
  test("goes to the cell that wrote it, formatted as by Node, also after an await", async () => {
    await stage.run(
      "talk",
      "console.log('a %d', 1, { deep: { list: [1] } });\nawait null;\nconsole.warn('b');\nconsole.error('c');",
    );
    expect(stage.console("talk")).toEqual([
      { level: "log", text: "a 1 { deep: { list: [ 1 ] } }" },
      { level: "warn", text: "b" },
      { level: "error", text: "c" },
    ]);
  });
});
