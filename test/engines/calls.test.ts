/** No function of `Math` that engines compute differently is called in a training, by the cells or by tfjs. */
import { afterEach, expect, test, vi } from "vitest";
import { modelFiles } from "./plan.ts";
import { numbers, type Plan } from "./training.ts";

const differing =
  "exp expm1 log log2 log10 log1p sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh pow cbrt hypot";
const small: readonly Plan[] = [
  { backend: "wasm", steps: 1, batch: 1, probed: 1, tokens: 3 },
  { backend: "cpu", steps: 1, batch: 1, probed: 0, tokens: 2 },
];

afterEach(() => void vi.restoreAllMocks());

test.each(small)("on $backend", async (plan) => {
  const calls = new Set<string>();
  for (const name of [...differing.split(" "), "random"]) {
    const real = Math[name as "exp"];
    vi.spyOn(Math, name as "exp").mockImplementation((...given) => {
      const { stack = "" } = new Error();
      // The test runner works in the same process.
      const caller = stack.split("\n").find((line) => /\/cells\/|@tensorflow|@huggingface/.test(line));
      if (caller !== undefined) calls.add(`${name} ${caller.trim()}`);
      return real(...given);
    });
  }
  const found = await numbers(plan, modelFiles());
  expect(found.rows.length).toBe(plan.steps);
  expect([...calls]).toEqual([]);
});
