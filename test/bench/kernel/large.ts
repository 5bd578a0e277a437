/** A notebook of many light cells. Every cell uses the one nine before it and one somewhere in the first half of what stands above. */
import type { Cell } from "../../../server/notebook/types.ts";

/** The cells whose values the cell `n<index>` is made from. */
export function usedBy(index: number): number[] {
  return [index - 9, (index * 7) % Math.max(1, index >> 1)].filter((each) => each >= 0 && each < index);
}

export function sourceOf(index: number, extra = ""): string {
  const sum =
    usedBy(index)
      .map((each) => `n${each}`)
      .join(" + ") || "1";
  return `// The cell ${index} adds what it needs.\nconst n${index}: number = ${sum};\nfunction f${index}(x: number) {\n  return x * n${index};\n}\nMath.sqrt(f${index}(n${index}))${extra}`;
}

export const largeNotebook = (count: number): Cell[] =>
  Array.from(
    { length: count },
    (_, index): Cell => ({ id: `c${index}`, kind: "code", source: sourceOf(index), mode: "auto", options: {} }),
  );
