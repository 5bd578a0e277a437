/** A notebook of many light cells. Each cell uses the one nine places above it and one from the first half of the cells above it. */
import type { Cell } from "../../../server/notebook/types.ts";

export const largeNotebook = (count: number): Cell[] =>
  Array.from(
    { length: count },
    (_, index): Cell => ({ id: `c${index}`, kind: "code", source: sourceOf(index), mode: "auto", options: {} }),
  );

/** The code of the cell at `index`, which defines `n<index>` and `f<index>`. @param appended more code at its end */
export function sourceOf(index: number, appended = ""): string {
  const sum =
    parentsOf(index)
      .map((parent) => `n${parent}`)
      .join(" + ") || "1";
  return `// The cell ${index} adds what it needs.\nconst n${index}: number = ${sum};\nfunction f${index}(x: number) {\n  return x * n${index};\n}\nMath.sqrt(f${index}(n${index}))${appended}`;
}

function parentsOf(index: number): number[] {
  return [index - 9, (index * 7) % Math.max(1, index >> 1)].filter((parent) => parent >= 0 && parent < index);
}
