import { expect, test } from "vitest";
import { textDigest } from "../../../../server/notebook/language/text-digest.ts";

function bits(hex: string): string {
  return [...hex].map((digit) => Number.parseInt(digit, 16).toString(2).padStart(4, "0")).join("");
}

test("changing one character of a long text flips about half of the bits of every lane", () => {
  const text = "0123456789abcdef".repeat(64);
  const old = bits(textDigest(text));
  const flipped = [0, 0, 0, 0];
  for (let at = 0; at < text.length; at++) {
    const other = bits(textDigest(`${text.slice(0, at)}x${text.slice(at + 1)}`));
    for (let bit = 0; bit < 128; bit++) if (other[bit] !== old[bit]) flipped[bit >> 5]! += 1;
  }
  for (const count of flipped) {
    expect(count / (32 * text.length)).toBeGreaterThan(0.45);
    expect(count / (32 * text.length)).toBeLessThan(0.55);
  }
});

test("similar texts have different digests", () => {
  const texts = Array.from({ length: 20_000 }, (_, n) => `const n${n} = n${7 * n};`);
  expect(new Set(texts.map(textDigest)).size).toBe(texts.length);
  for (const lane of [0, 8, 16, 24]) {
    // One collision is likely for 20,000 texts and 32 bits; several would mean a weak lane.
    expect(new Set(texts.map((text) => textDigest(text).slice(lane, lane + 8))).size).toBeGreaterThan(texts.length - 4);
  }
});
