import { expect, test } from "vitest";
import { digest } from "../../../../server/notebook/language/digest.ts";

function bits(hex: string): string {
  return [...hex].map((digit) => Number.parseInt(digit, 16).toString(2).padStart(4, "0")).join("");
}

test("one other character anywhere in a long text turns about half of every lane's bits", () => {
  const text = "0123456789abcdef".repeat(64);
  const old = bits(digest(text));
  const turned = [0, 0, 0, 0];
  for (let at = 0; at < text.length; at++) {
    const other = bits(digest(`${text.slice(0, at)}x${text.slice(at + 1)}`));
    for (let bit = 0; bit < 128; bit++) if (other[bit] !== old[bit]) turned[bit >> 5]! += 1;
  }
  for (const count of turned) {
    expect(count / (32 * text.length)).toBeGreaterThan(0.45);
    expect(count / (32 * text.length)).toBeLessThan(0.55);
  }
});

test("texts that differ little have digests of their own", () => {
  const texts = Array.from({ length: 20_000 }, (_, n) => `const n${n} = n${7 * n};`);
  expect(new Set(texts.map(digest)).size).toBe(texts.length);
  for (const lane of [0, 8, 16, 24]) {
    // Two in twenty thousand may meet in 32 bits; more would be a weak lane.
    expect(new Set(texts.map((text) => digest(text).slice(lane, lane + 8))).size).toBeGreaterThan(texts.length - 4);
  }
});
