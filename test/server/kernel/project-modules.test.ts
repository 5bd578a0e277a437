/** Project files behave as ES modules do. Each case also runs as real modules in Node, which says what is right. */
import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Stage } from "./stage.ts";

const stages: Stage[] = [];
afterAll(async () => {
  for (const stage of stages) await stage.close();
});

async function stageOf(files: Readonly<Record<string, string>>): Promise<Stage> {
  const stage = await Stage.open(files);
  stages.push(stage);
  return stage;
}

/** Prints from anywhere: the code of a module belongs to no cell. */
const SAY = 'globalThis.said = []; globalThis.say = (...all) => globalThis.said.push(all.join(" "));';

/** What code of a cell and of the files that it imports says. */
async function said(stage: Stage, source: string): Promise<unknown> {
  await stage.run("say", SAY);
  const { error } = await stage.run("cell", source);
  return error ? [error.message] : stage.value("(globalThis as any).said");
}

/** What the same code says as modules in Node. */
async function inNode(files: Readonly<Record<string, string>>, source: string): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), "modules-"));
  const all = { ...files, "say.mjs": SAY, "cell.mjs": source };
  const main = 'import "./say.mjs";\nimport "./cell.mjs";\nconsole.log(JSON.stringify(globalThis.said));';
  for (const [name, text] of Object.entries({ ...all, "main.mjs": main })) await writeFile(join(folder, name), text);
  const text = execFileSync(process.execPath, [join(folder, "main.mjs")], { encoding: "utf8" });
  await rm(folder, { recursive: true });
  return JSON.parse(text);
}

const CASES: readonly (readonly [name: string, files: Readonly<Record<string, string>>, source: string])[] = [
  [
    "an exported let is seen as it is now",
    {
      "count.mjs":
        "export let count = 0;\nexport function add() { count += 1; }\nexport const { a, b: [c] } = { a: 1, b: [2] };\n",
      "other.mjs":
        'import { count, add } from "./count.mjs";\nexport const twice = () => { add(); add(); return { count, sum: count + 1, text: String(count) }; };\n',
    },
    'import { count, add, a, c } from "./count.mjs";\nimport * as all from "./count.mjs";\nimport { twice } from "./other.mjs";\nadd();\nsay(count, all.count);\nsay(JSON.stringify(twice()), count, a, c);\n{ const count = 7; say(count, ((add) => add)(5)); }\nsay(typeof count, [count].map((count) => count)[0], { count }.count);',
  ],
  [
    "two files use each other's functions",
    {
      "even.mjs": 'import { isOdd } from "./odd.mjs";\nexport function isEven(n) { return n === 0 || isOdd(n - 1); }\n',
      "odd.mjs":
        'import { isEven } from "./even.mjs";\nexport function isOdd(n) { return n !== 0 && isEven(n - 1); }\nexport const early = isEven(0);\n',
    },
    'import { isEven } from "./even.mjs";\nimport { early } from "./odd.mjs";\nsay(isEven(10), isEven(7), early);',
  ],
  [
    "files run once, those that they import first, in their order",
    {
      "a.mjs":
        'say("a begins");\nimport "./b.mjs";\nexport * from "./c.mjs";\nimport { d } from "./d.mjs";\nsay("a ends", d);\n',
      "b.mjs": 'import "./d.mjs";\nawait new Promise((go) => setTimeout(go, 20));\nsay("b");\n',
      "c.mjs": 'say("c");\nexport const c = 1;\n',
      "d.mjs": 'import "./a.mjs";\nsay("d");\nexport const d = 2;\n',
    },
    'import "./c.mjs";\nimport { c } from "./a.mjs";\nimport "./b.mjs";\nsay(c);',
  ],
  [
    "a value that a cycle asks for too early is an error that says so",
    {
      "x.mjs": 'import { y } from "./y.mjs";\nexport const x = 1;\nexport default () => y;\n',
      "y.mjs":
        'import { x } from "./x.mjs";\nimport make from "./x.mjs";\nexport let y;\ntry { y = x; } catch (error) { y = error.message; }\nexport const kind = () => make();\n',
    },
    'import make from "./x.mjs";\nimport { kind } from "./y.mjs";\nsay(make(), kind());',
  ],
  [
    "exports from others: all, some, renamed, the default, a namespace, own ones first",
    {
      "base.mjs":
        "export const one = 1, two = 2;\nexport let three = 3;\nexport const set = (value) => { three = value; };\nexport default function () { return three; }\n",
      "more.mjs": 'export const two = 22, four = 4;\nexport default class { name = "more"; }\n',
      "all.mjs":
        'export * from "./base.mjs";\nexport { four as FOUR, default as More } from "./more.mjs";\nexport * as base from "./base.mjs";\nexport { default } from "./base.mjs";\nexport const one = "own";\nimport { three as imported } from "./base.mjs";\nexport { imported as "with space" };\n',
    },
    'import three, * as all from "./all.mjs";\nimport { one, set, More, base, "with space" as spaced } from "./all.mjs";\nset(33);\nsay(one, all.two, all.three, three(), new More().name, base.one, all.FOUR, all["with space"], spaced, Object.keys(all).sort().join());',
  ],
  [
    "calls, templates and statements without semicolons",
    {
      "f.mjs":
        "export const log = (...all) => say(...all)\nexport function self() { return this === undefined }\nexport const tag = (parts) => parts.join()\nexport class Box { constructor(v) { this.v = v } }\nexport const o = { get() { return this === o } }\n",
      "g.mjs":
        'import { log, self, tag, Box, o } from "./f.mjs"\nconst a = 1\nlog(a, self())\nif (a)\n  log(tag`x`, new Box(2).v)\nelse log(0)\nfor (const each of [1]) log(each)\nlabel: log(o.get(), self?.())\nswitch (a) { case 1: log({ self: self() }.self) }\nexport default log\nexport const done = (() => self())()\n',
    },
    'import log, { done } from "./g.mjs"\nimport { self, tag } from "./f.mjs"\nconst b = [self(), tag`y`]\nlog(b.join())\nlog(done)',
  ],
  [
    "its own address, and imports while it runs",
    {
      "sub.mjs":
        'export const name = import.meta.url.split("/").at(-1);\nexport const later = (await import("./leaf.mjs")).leaf;\nexport const lazy = () => import("./leaf.mjs");\n',
      "leaf.mjs": "export const leaf = 5;\n",
    },
    'import { name, later, lazy } from "./sub.mjs";\nsay(name, later, (await lazy()).leaf);',
  ],
];

describe("as in Node", () => {
  it.each(CASES)("%s", async (_, files, source) => {
    const right = await inNode(files, source);
    const stage = await stageOf(files);
    expect(await said(stage, source)).toEqual(right);
  });
});

it("a missing export is named, with the file that imports it", async () => {
  const stage = await stageOf({
    "lib.ts": 'import { Tow } from "./other.ts";\nexport const one = Tow;\n',
    "other.ts": "export const tow = 2;\n",
  });
  expect(await said(stage, 'import { one } from "./lib.ts";')).toEqual([
    './lib.ts: "./other.ts" has no export Tow. Did you mean tow?',
  ]);
  expect((await stage.run("cell", 'import { two } from "./other.ts";')).error).toMatchObject({
    message: '"./other.ts" has no export two.',
    position: { line: 1, column: 20 },
  });
});

it("an error keeps its line in the file and its line and column in the cell", async () => {
  const stage = await stageOf({
    "lib.ts": 'import { deep } from "./deep.ts";\nexport const f = (n: number): void => {\n  deep(n);\n};\n',
    "deep.ts": "export function deep(n: number): void {\n\n  throw new RangeError('bad ' + n);\n}\n",
  });
  const { error } = await stage.run("cell", 'import { f } from "./lib.ts";\n\nconst a = 1;  f /* (it) */ (a);');
  expect(error).toMatchObject({
    message: "RangeError: bad 1 (in ./deep.ts, line 3)",
    position: { line: 3, column: 14 },
  });
});

it("two cells that ask for the same cycle at once get the same modules", async () => {
  const stage = await stageOf({
    "a.ts":
      'import { b } from "./b.ts";\nawait new Promise((go) => setTimeout(go, 30));\nexport const a = {}; export const ab = () => b;\n',
    "b.ts":
      'import { a } from "./a.ts";\nawait new Promise((go) => setTimeout(go, 30));\nexport const b = {}; export const ba = () => a;\n',
  });
  const first = stage.begin("first", 'import { a, ab } from "./a.ts"; const x = [a, ab()];');
  const second = stage.begin("second", 'import { b, ba } from "./b.ts"; const y = [ba(), b];');
  await Promise.all([stage.finished("first", first), stage.finished("second", second)]);
  expect(await stage.value("x.map((each, i) => each === y[i])")).toEqual([true, true]);
});

it("other cells see a let of a cell, and of a file, as it is when they start", async () => {
  const stage = await stageOf({ "lib.ts": "export let n = 0;\nexport const next = () => { n += 1; };\n" });
  await stage.run("counter", "let total = 0;\nfunction add(n: number) { total += n; return total; }");
  await stage.run("file", 'import { n, next } from "./lib.ts";');
  await stage.run("use", "const first = add(5); next();");
  expect(await stage.value("[total, first, n]")).toEqual([5, 5, 1]);
  await stage.run("use", "const first = add(5); next();");
  expect(await stage.value("[total, first, n]")).toEqual([10, 10, 2]);
});

it("old versions of a file can be collected", async () => {
  const stage = await stageOf({ "big.ts": "" });
  const version = (n: number): string =>
    `// ${n}\nexport const big = new Array(250_000).fill(${n});\nimport { self } from "./cycle.ts";\nexport const get = () => self;\n`;
  await writeFile(join(stage.folder, "cycle.ts"), 'import { big } from "./big.ts";\nexport const self = () => big;\n');
  const heap = async (): Promise<number> => {
    await stage.run(
      "gc",
      "for (let i = 0; i < 4; i++) { await new Promise((go) => setTimeout(go, 5)); (globalThis as any).gc(); }",
    );
    return (await stage.value("process.memoryUsage().heapUsed")) as number;
  };
  let after = 0;
  for (let n = 0; n < 20; n += 1) {
    await writeFile(join(stage.folder, "big.ts"), version(n));
    await stage.run("user", 'import { big, get } from "./big.ts"; const n = big[0] + get()().length;');
    if (n === 3) after = await heap();
  }
  // Each version takes 2 MB.
  expect((await heap()) - after).toBeLessThan(12e6);
});
