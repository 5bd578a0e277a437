/** Code of cells as a page compiles it: it still is valid code, errors keep their places, and contexts survive what is awaited. */
import { Script } from "node:vm";
import { describe, expect, it, vi } from "vitest";
import { AsyncLocalStorage, CALLS, restore, runIn } from "../../../server/in-page/node/context.ts";
import { analyse } from "../../../server/notebook/language/analyse.ts";
import { compileCell, unshifted } from "../../../server/notebook/language/compile.ts";
import { compileModule } from "../../../server/notebook/language/project-module.ts";
import { CORPUS } from "../notebook/language/corpus.ts";

vi.mock("../../../server/notebook/language/contexts.ts", () => import("../../../server/in-page/twins/contexts.ts"));

const later = (value: unknown): unknown => value;
Object.assign(globalThis, CALLS, { $$later: later });

type Body = (...given: unknown[]) => Promise<void>;

function body(source: string): { readonly run: (scope?: Record<string, unknown>) => Promise<unknown>; code: string } {
  const { code, references } = compileCell(source, analyse(source));
  const made = new Script(code, { filename: "cell:here", lineOffset: -1 }).runInThisContext() as Body;
  const run = async (scope: Record<string, unknown> = {}): Promise<unknown> => {
    let last: unknown;
    const known = references.map((name) => scope[name] ?? Reflect.get(globalThis, name));
    const setLast = (value: unknown): void => {
      last = value;
    };
    await made(setLast, () => undefined, undefined, [0], undefined, scope, ...known);
    return last;
  };
  return { run, code };
}

describe("code with contexts", () => {
  it("is valid", () => {
    const waiting = CORPUS.filter(({ code }) => /\b(await|async)\b/.test(code));
    expect(waiting.length).toBeGreaterThan(15);
    for (const { code } of waiting) {
      const { errors } = analyse(code);
      if (errors.some(({ kind }) => kind === "syntax" || kind === "unsupported")) continue;
      expect(() => body(code), code).not.toThrow();
      compileModule(code);
    }
  });

  it("computes the same", async () => {
    const cases: readonly (readonly [string, unknown])[] = [
      ["await 1", 1],
      ["await (0, 2)", 2],
      ["const a = [await 1, await await 2]\n;a.join()", "1,2"],
      ["await (async () => ({ a: await 3 }))().then(({ a }) => a)", 3],
      ["const f = async (n: number) => n > 0 ? await f(n - 1) : (1, 4); await f(3)", 4],
      ["let s = 0; for await (const x of [1, 2]) s += x; s", 3],
      ["let s = 0; a: for await (const x of [1, 2, 3]) { if (x === 2) continue a; s += x } s", 4],
      ["let s = 0; if (true) for await (const x of [5]) s = x; s", 5],
      ["const g = async function* () { yield 1; yield await 2 }; let s = 0; for await (const x of g()) s += x; s", 3],
      ["const o = { async m() { try { return await Promise.reject(7) } catch (e) { return e } } }; await o.m()", 7],
      ["class A { static async m() { return (1, 8) } }\nawait A.m()", 8],
      // biome-ignore lint/suspicious/noTemplateCurlyInString: code of a cell
      ["`${await 9}`", "9"],
    ];
    for (const [source, value] of cases) expect(await body(source).run(), source).toBe(value);
  });

  it("gives the place that the user wrote", async () => {
    const source = "const f = async () => {\n  await 1; await null; throw new Error('here');\n};\nawait f()";
    const compiled = compileCell(source, analyse(source));
    const error = await body(source)
      .run()
      .then(
        () => expect.unreachable(),
        (thrown: Error) => thrown,
      );
    const [, line, column] = (/cell:here:(\d+):(\d+)/.exec(error.stack ?? "") ?? []).map(Number);
    expect(unshifted({ line: line!, column: column! - 1 }, compiled)).toEqual({ line: 2, column: 29 });
  });

  it("has its own context after each wait, whatever ran meanwhile", async () => {
    const storage = new AsyncLocalStorage<string>();
    const seen: string[] = [];
    const scope = {
      note: (what: string) => void seen.push(`${what}: ${storage.getStore()}`),
      // Leaves another context behind, as code of another cell does.
      pause: () =>
        new Promise((done) =>
          setTimeout(() => {
            restore(new Map());
            done(undefined);
          }, 1),
        ),
      fails: () => Promise.reject(new Error()).finally(() => restore(new Map())),
    };
    const source = `note("start");
const inner = async () => { await pause(); note("inner"); return 1 };
await inner();
note("after");
try { await fails() } catch { note("caught") } finally { note("finally") }
for await (const x of (async function* () { await pause(); yield 1; await pause(); yield 2 })()) note("each " + x);
note("end");
await Promise.all([1, 2].map(async (n) => { await pause(); note("all " + n) }));
note("last");`;
    const ran = ["one", "two"].map((name) => storage.run(name, () => body(source).run(scope)));
    runIn(new Map(), () => undefined);
    await Promise.all(ran);
    const of = (name: string): string[] =>
      seen.filter((each) => each.endsWith(`: ${name}`)).map((each) => each.split(":")[0]!);
    const all = ["start", "inner", "after", "caught", "finally", "each 1", "each 2", "end", "all 1", "all 2", "last"];
    expect(of("one")).toEqual(all);
    expect(of("two")).toEqual(all);
    expect(seen).toHaveLength(2 * all.length);
  });
});
