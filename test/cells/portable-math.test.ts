/** The portable functions: true to the last bit or nearly, as fast as the engine's, and compiled from what the build script says. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it, test } from "vitest";
import * as portable from "../../cells/portable-math.ts";

type Name = keyof typeof portable;
type Rows = readonly (readonly number[])[];
const golden = JSON.parse(await readFile(new URL("../golden/portable-math.json", import.meta.url), "utf8")) as Readonly<
  Record<Name, Rows>
>;
const call = (functions: object, name: string, given: readonly number[]): number =>
  (functions as Record<string, (...given: readonly number[]) => number>)[name]!(...given);

const names = Object.keys(portable) as Name[];

/** How many doubles lie between two numbers of one sign. */
function ulps(a: number, b: number): number {
  if (Object.is(a, b)) return 0;
  const bits = new BigInt64Array(new Float64Array([a, b]).buffer);
  const distance = bits[0]! - bits[1]!;
  return Number(distance < 0n ? -distance : distance);
}

describe("each function", () => {
  const loose: Partial<Record<Name, number>> = { sinh: 2, cosh: 2, tanh: 2 };

  test.each(names)("%s is within the stated error of the true value", (name) => {
    const rows = golden[name];
    const worst = Math.max(...rows.map((row) => ulps(call(portable, name, row.slice(0, -1)), row.at(-1)!)));
    expect(rows.length).toBeGreaterThan(50);
    expect(worst).toBeLessThanOrEqual(loose[name] ?? 1);
  });

  /** The engine's own functions have an error as well, so the two may lie on either side of the true value. */
  test.each(names)("%s agrees with the engine's over a wide range", (name) => {
    let [worst, disagreed] = [0, 0];
    for (let i = 0; i < 20_000; i += 1) {
      const x = (((i * 7919) % 20_011) / 10_000 - 1) * 2 ** ((i % 40) - 30);
      const given = name === "pow" || name === "atan2" ? [Math.abs(x), (i % 97) / 7 - 6] : [x];
      const [ours, theirs] = [call(portable, name, given), call(Math, name, given)];
      if (Number.isNaN(ours) !== Number.isNaN(theirs)) disagreed += 1;
      else if (!Number.isNaN(ours)) worst = Math.max(worst, ulps(ours, theirs));
    }
    expect(disagreed).toBe(0);
    expect(worst).toBeLessThanOrEqual({ ...loose, expm1: 2, log10: 2, tanh: 3, sinh: 3 }[name] ?? 1);
  });
});

it("powers of ten, powers of two and their logarithms are exact", () => {
  const from = (low: number, high: number) => Array.from({ length: high - low + 1 }, (_, i) => low + i);
  const binary = from(-1074, 1023);
  expect(binary.filter((n) => portable.pow(2, n) !== 2 ** n || portable.log2(2 ** n) !== n)).toEqual([]);
  const decimal = from(-22, 22);
  const exact = decimal.map((n) => Number(`1e${n}`));
  expect(decimal.map((n) => portable.pow(10, n))).toEqual(exact);
  expect(exact.map(portable.log10)).toEqual(decimal);
});

it("limits and invalid arguments give what Math gives", () => {
  const odd = [0, -0, 1, -1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324, 1.7e308];
  for (const name of names) {
    const seconds = name === "pow" || name === "atan2" ? odd : [undefined];
    for (const x of odd) {
      for (const y of seconds) {
        const given = y === undefined ? [x] : [x, y];
        const [ours, theirs] = [call(portable, name, given), call(Math, name, given)];
        expect(ulps(ours, theirs), `${name}(${given})`).toBeLessThanOrEqual(1);
      }
    }
  }
});

it("the committed module is what the build script compiles, and imports nothing", async () => {
  const folder = await mkdtemp(join(tmpdir(), "portable-math-"));
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const file = join(folder, "module.ts");
  await promisify(execFile)(process.execPath, [`${root}cells/portable-math-build.mjs`, file]);
  const [built, committed] = await Promise.all([
    readFile(file, "utf8"),
    readFile(`${root}cells/portable-math-module.ts`, "utf8"),
  ]);
  await rm(folder, { recursive: true });
  expect(built === committed).toBe(true);
  const bytes = Buffer.from(/"([^"]+)"/.exec(committed)![1]!, "base64");
  expect(WebAssembly.Module.imports(new WebAssembly.Module(bytes))).toEqual([]);
}, 60_000);
