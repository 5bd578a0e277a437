import { expect, test } from "vitest";
import { bytes, duration, figure, roughly } from "../../../server/state/quantity.ts";
import { tokens } from "../../../ui/look/tokens.ts";

/** The two values of each colour, by name. */
const colors = new Map(
  [...tokens.cssText.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(([, name, light, dark]) => [
    name!,
    [light!, dark!] as const,
  ]),
);

/** WCAG 2.2: relative luminance of an sRGB colour. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}
function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high! + 0.05) / (low! + 0.05);
}

const textColors = [
  "ink",
  "muted",
  "accent",
  "danger",
  "warn",
  "code-keyword",
  "code-string",
  "code-number",
  "code-comment",
  "code-type",
];
const pairs = [
  ...textColors.flatMap((text) => ["page", "surface", "raised"].map((background) => [text, background, 4.5] as const)),
  ["ink", "danger-wash", 4.5] as const,
  ["danger", "danger-wash", 4.5] as const,
  ["warn", "warn-wash", 4.5] as const,
  ["accent", "wash", 4.5] as const,
  ["accent", "warn-wash", 4.5] as const,
  ["accent", "danger-wash", 4.5] as const,
  ["on-accent", "accent", 4.5] as const,
  ["edge", "raised", 3] as const,
  ...[1, 2, 3, 4, 5, 6, 7].map((each) => [`series-${each}`, "page", 3] as const),
];

test.each(pairs)("%s has enough contrast on %s, in both themes", (text, background, least) => {
  for (const theme of [0, 1] as const) {
    expect(contrast(colors.get(text)![theme], colors.get(background)![theme])).toBeGreaterThanOrEqual(least);
  }
});

test("quantities have units and few digits", () => {
  expect([0, 999, 1000, 84_200_000, 999_960_000].map(bytes)).toEqual(["0 B", "999 B", "1.0 kB", "84.2 MB", "1.0 GB"]);
  expect([0.4, 320, 999.6, 12_340, 59_960, 125_000].map(duration)).toEqual([
    "0 ms",
    "320 ms",
    "1.0 s",
    "12.3 s",
    "1 min 00 s",
    "2 min 05 s",
  ]);
  expect([0.2, 7.4, 44, 97, 125, 5900, 9000].map(roughly)).toEqual([
    "1 s",
    "7 s",
    "45 s",
    "95 s",
    "2 min",
    "98 min",
    "2.5 h",
  ]);
  expect([3, 0.754123, 1e-7, Number.NaN, 0.1 + 0.2].map(figure)).toEqual(["3", "0.75412", "1.000e-7", "NaN", "0.3"]);
});
