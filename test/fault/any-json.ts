/** Arbitrary JSON for tests with random input. */
import fc from "fast-check";

/** Stands for lists in lists, so deep that JSON.parse can read them and a recursive function fails at them. */
const DEEP = /"deep (\d+)"/g;

/** Any JSON; also what is deep, long, or has the names of built-in properties. Give it to `textOf`. */
export const anything = fc.oneof(
  { weight: 20, arbitrary: fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<unknown> },
  { weight: 20, arbitrary: fc.string({ maxLength: 20 }) },
  { weight: 20, arbitrary: fc.constantFrom<unknown>(null, -1, 1e99, "__proto__", {}, []) },
  { weight: 4, arbitrary: fc.constantFrom<unknown>({ toString: 1, valueOf: 1 }, "toString", { length: 1e9 }, 2 ** 53) },
  { weight: 1, arbitrary: fc.constantFrom("deep 10", "deep 1000", "deep 20000") },
  { weight: 1, arbitrary: fc.nat(200_000).map((length) => "x".repeat(length)) },
);

/** The value as JSON. */
export function textOf(value: unknown): string {
  const text = JSON.stringify(value) ?? "";
  return text.replace(DEEP, (_, depth) => "[".repeat(Number(depth)) + "]".repeat(Number(depth)));
}
