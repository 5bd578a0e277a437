import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { analyse } from "../../../../server/notebook/language/analyse.ts";
import { CORPUS } from "./corpus.ts";
import { namesByTypeScript, withoutModules } from "./typescript-names.ts";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
/** Code of this project and of others: TypeScript, and old and new JavaScript modules. */
const FOLDERS = [
  "server/notebook",
  "server/session",
  "server/kernel",
  "cells/model",
  "cells/show",
  "ui",
  "node_modules/dompurify/src",
  "node_modules/@observablehq/plot/src",
  "node_modules/acorn-walk/dist",
  "node_modules/acorn/dist",
  "node_modules/fast-check/lib",
  "node_modules/hono/dist",
  "node_modules/ws/lib",
];
const PER_FOLDER = 14;

/** At most `PER_FOLDER` files of a folder, evenly spaced. */
function filesIn(folder: string): string[] {
  const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter(
      (path) =>
        /(?<!\.d)\.(?:ts|m?js)$/.test(path) && !path.includes(".min.") && !/node_modules.*node_modules/.test(path),
    )
    .filter((path) => statSync(join(ROOT, path)).size < 60_000)
    .sort();
  const step = Math.ceil(files.length / PER_FOLDER);
  return files.filter((_, index) => index % step === 0);
}

/** Names that TypeScript's checker resolves without any library. */
const BUILT_IN = new Set(["undefined", "globalThis"]);

test("declarations and uses of real files agree with TypeScript, without imports and exports", () => {
  const read = FOLDERS.flatMap(filesIn).map(
    (path) => [path, withoutModules(readFileSync(join(ROOT, path), "utf8"))] as const,
  );
  const files = read.flatMap(([path, code]) => (code === undefined ? [] : [[path, code] as const]));
  expect(files.length).toBeGreaterThan(100);
  const found = files.map(([path, code]) => {
    const { definitions, references, errors } = analyse(code);
    const unread = errors.filter(({ kind }) => kind === "syntax");
    return { path, unread, definitions, references: references.filter((name) => !BUILT_IN.has(name)) };
  });
  const byTypeScript = namesByTypeScript(files.map(([, code]) => code));
  expect(found).toEqual(byTypeScript.map((names, index) => ({ path: files[index]?.[0], unread: [], ...names })));
});

test("declarations and uses of every cell of the corpus agree with TypeScript", () => {
  const cells = CORPUS.filter(({ theme }) => !/modules|TypeScript/.test(theme));
  const found = cells.map(({ code }) => {
    const { definitions, references } = analyse(code);
    return { code, definitions, references: references.filter((name) => !BUILT_IN.has(name)) };
  });
  const byTypeScript = namesByTypeScript(cells.map(({ code }) => code));
  expect(found).toEqual(byTypeScript.map((names, index) => ({ code: cells[index]?.code, ...names })));
});
