/** Project files that cells import, with real files and a real kernel. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { until } from "../until.ts";
import { cell, closeAll, opened, printed, ran, rest, workspaceOf } from "./workbench.ts";

afterEach(closeAll);

it("reads project files again when they change, and runs only the cells that use them", async () => {
  const workspace = await workspaceOf({
    "n.ts": `// %% lib
import { area, type Shape } from "./shapes.ts";

// %% user
const shape: Shape = { side: 3 };
console.log(area(shape));

// %% later
shape.side;
const { deep } = await import("./deep.ts");
console.log(deep);

// %% other
const other = Math.random();
`,
    "shapes.ts": `import { times } from "./deep.ts";
import type { Gone } from "./types-only.ts";
export interface Shape { side: number }
export * from "./deep.ts";
export { times as by } from "./deep.ts";
export default class Square {}
export const area = ({ side }: Shape): number => times(side, side);
`,
    "deep.ts":
      "export let deep = 1;\nexport function times(a: number, b: number): number {\n  deep += 1;\n  return a * b;\n}\n",
  });
  const session = await opened(workspace);
  await ran(session);
  expect([printed(session, "user"), printed(session, "later")]).toEqual([["9"], ["2"]]);
  const others = () => ["other"].map((id) => cell(session, id).generation);

  // Through another file: the cell that imports it and those that use what it imports run again.
  await writeFile(
    join(workspace, "deep.ts"),
    "export const deep = 5;\nexport const times = (a: number, b: number) => a * b * 10;\n",
  );
  await until(() => printed(session, "user")[0] === "90");
  await until(() => printed(session, "later")[0] === "5");
  await rest(session);
  expect(others()).toEqual([1]);
  expect(session.state.cells.map(({ stale }) => stale)).toEqual([false, false, false, false]);

  // The same content is the same file.
  const generation = cell(session, "user").generation;
  await writeFile(
    join(workspace, "deep.ts"),
    "export const deep = 5;\nexport const times = (a: number, b: number) => a * b * 10;\n",
  );
  await writeFile(join(workspace, "shapes.ts"), "export const area = ;\n");
  await until(() => cell(session, "lib").errors.length > 0);
  expect(cell(session, "user").generation).toBe(generation);
  expect(cell(session, "lib").errors).toEqual([
    {
      kind: "syntax",
      message: "./shapes.ts, line 1, column 21: Unexpected `;`.",
      position: { line: 1, column: 33 },
    },
  ]);
  expect(cell(session, "user")).toMatchObject({ stale: true });
  await writeFile(join(workspace, "shapes.ts"), 'import "./deep.ts";\nexport const area = () => 7;\n');
  await until(() => printed(session, "user")[0] === "7");
  await writeFile(
    join(workspace, "deep.ts"),
    'import { area } from "./shapes.ts";\nexport const deep = () => area();\n',
  );
  // Files may import each other, as ES modules may.
  await until(() => printed(session, "later")[0] === "[Function: deep]");
  await rest(session);
  expect(
    session.state.cells.map(({ cell: { id }, errors }) => [id, errors]).filter(([, errors]) => errors?.length),
  ).toEqual([]);
});

it("lets a running cell finish with the old file, and then runs it again", async () => {
  const workspace = await workspaceOf({
    "n.ts": `// %% user
import { word } from "./word.ts";
console.log("begin");
await new Promise((next) => setTimeout(next, 600));
console.log(word());

// %% broken
import { fail } from "./fail.ts";
fail();

// %% absent
import { x } from "./not-there.ts";
`,
    "word.ts": 'export const word = () => "old";\n',
    "fail.ts": "export function fail(): void {\n  throw new Error('from the file');\n}\n",
  });
  const session = await opened(workspace);
  const lines: string[] = [];
  session.subscribe((events) => {
    for (const { event } of events)
      if (event.type === "cell-console") lines.push(...event.lines.map(({ text }) => text));
  });
  await session.request({ type: "run", cells: ["user"] });
  await until(() => lines.includes("begin"));
  await writeFile(join(workspace, "word.ts"), 'export const word = () => "new";\n');
  await until(() => cell(session, "user").stale);
  expect(cell(session, "user")).toMatchObject({ status: "running", generation: 1 });
  await until(() => lines.includes("new"));
  await rest(session);
  expect(lines).toEqual(["begin", "old", "begin", "new"]);
  expect(cell(session, "user")).toMatchObject({ status: "done", stale: false, generation: 2 });

  await ran(session, "broken", "absent");
  expect(cell(session, "broken").error).toMatchObject({
    message: "from the file (in ./fail.ts, line 2)",
    position: { line: 2, column: 0 },
  });
  expect(cell(session, "absent").error?.message).toContain("There is no file");
  await writeFile(join(workspace, "not-there.ts"), "export const x = 1;\n");
  await until(() => cell(session, "absent").status === "done");
});

it("can use all module syntax, and TypeScript", async () => {
  const session = await opened(
    await workspaceOf({
      "n.ts": `// %% all
import whole, { a, b as named, C, fallback, kind, list, rest, url, anonymous, later, names } from "./forms.js";
import * as everything from "./forms.ts";
import data from "./data.json" with { type: "json" };
console.log(JSON.stringify([a, named(2), new C().x, fallback, kind, list, rest, url.endsWith("/forms.ts"), await later(), data.n, names]));
console.log(whole(3), anonymous(), Object.keys(everything).sort().join());
`,
      "forms.ts": `// a comment that mentions: export default nothing
import { sep } from "node:path";
import type { Shape } from "./nowhere.ts";
import { type Unused, other as fallback } from "./other.ts";
import { OnlyAType } from "./other.ts";
export * from "./other.ts";
export { fallback };
export { default as anonymous } from "./other.ts";
export * as names from "./names.ts";
export const a: number = 1, { list: [, second], ...rest } = { list: [1, 2], more: sep.length } as const;
export { second as list };
export function b(x: number): OnlyAType { return x * twice; }
export class C<T = Shape> { x = 3 as unknown as T; }
const twice = await Promise.resolve(2);
export const url = import.meta.url;
export const later = async () => (await import("./names.ts")).one;
export type Gone = string;
export interface AlsoGone { x: Unused }
export default (x: number) => { for (;;) return x; }
`,
      "other.ts":
        'export const other = "other", kind = "k";\nexport type Unused = 1;\nexport type OnlyAType = number;\nexport default function () {\n  return "anonymous";\n}\n',
      "names.ts": "export let one = 1;\n",
      "data.json": '{"n": 5}',
    }),
  );
  await ran(session);
  expect(cell(session, "all").error).toBeUndefined();
  expect(printed(session, "all")).toEqual([
    JSON.stringify([1, 4, 3, "other", "k", 2, { more: 1 }, true, 1, 5, { one: 1 }]),
    "3 anonymous C,a,anonymous,b,default,fallback,kind,later,list,names,other,rest,second,url",
  ]);
});

it("name a package that is not installed, and the command that installs it", async () => {
  const workspace = await workspaceOf({
    "n.ts": '// %% a\nimport { x } from "./lib.ts";\n',
    "lib.ts": 'import pad from "left-pad-of-nobody";\nexport const x = pad;\n',
  });
  const session = await opened(workspace);
  await ran(session);
  expect(cell(session, "a").error).toMatchObject({
    message: `The package "left-pad-of-nobody" is not installed. Run in ${workspace}: npm install left-pad-of-nobody`,
    position: { line: 1, column: 18 },
  });
});
