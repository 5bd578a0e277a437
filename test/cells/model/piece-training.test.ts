import fc from "fast-check";
import { expect, it } from "vitest";
import { learnMerges } from "../../../cells/model/piece-training.ts";

const words = (counts: Record<string, number>) =>
  Object.entries(counts).map(([word, count]) => ({ pieces: [...word], count }));

it("joins what occurs most often, then what that leads to", () => {
  // The textbook example of Sennrich et al. 2016.
  const merges = learnMerges(words({ low_: 5, lower_: 2, newest_: 6, widest_: 3 }), new Set(), 5, 2);
  expect(merges.map((merge) => merge.join(" "))).toEqual(["e s", "es t", "est _", "l o", "lo w"]);
});

it("counts no piece that exists, and stops when nothing occurs often enough", () => {
  const merges = learnMerges(words({ abab: 4, cd: 1 }), new Set(["ab"]), 9, 2);
  expect(merges).toEqual([
    ["a", "b"],
    ["ab", "ab"],
  ]);
});

it("always joins the most frequent pair, as a count from the beginning finds it", () => {
  const letters = fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(fc.array(fc.tuple(letters, fc.integer({ min: 1, max: 5 })), { maxLength: 12 }), (given) => {
      const list = given.map(([word, count]) => ({ pieces: [...word], count }));
      const merges = learnMerges(list, new Set(), 20, 1);
      for (const [left, right] of merges) {
        const counts = new Map<string, number>();
        for (const { pieces, count } of list)
          for (let at = 0; at + 1 < pieces.length; at += 1) {
            const key = `${pieces[at]} ${pieces[at + 1]}`;
            counts.set(key, (counts.get(key) ?? 0) + count);
          }
        const most = Math.max(...counts.values());
        const best = [...counts.keys()].filter((key) => counts.get(key) === most).sort()[0];
        expect(`${left} ${right}`).toBe(best);
        for (const word of list) {
          const next: string[] = [];
          for (const piece of word.pieces) {
            if (next.at(-1) === left && piece === right && !next.at(-1)!.includes("\u0000"))
              next.splice(-1, 1, `${left}${right}\u0000`);
            else next.push(piece);
          }
          word.pieces = next.map((piece) => piece.replace("\u0000", ""));
        }
      }
    }),
  );
});
