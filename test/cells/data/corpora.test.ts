import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chatSides } from "../../../cells/data/chat-file.ts";
import { cleanPairs } from "../../../cells/data/cleaning.ts";
import { leakCheck } from "../../../cells/data/leaks.ts";
import { split, splitPairs } from "../../../cells/data/split.ts";
import type { Pair } from "../../../cells/types.ts";

const pair = (source: string, reference: string, from = "German", to = "English"): Pair => ({
  source,
  reference,
  from,
  to,
  instruction: source,
});
const turned = ({ source, reference, from, to }: Pair): Pair => pair(reference, source, to, from);

describe("a split", () => {
  const text = fc.string({ minLength: 1, maxLength: 6, unit: "grapheme" });

  it("depends on each item alone", () => {
    fc.assert(
      fc.property(
        fc.array(text, { maxLength: 30 }),
        fc.array(text, { maxLength: 30 }),
        fc.nat(),
        (some, more, seed) => {
          const options = { test: 0.3, validation: 0.2, seed };
          const few = split(some, String, options);
          const many = split([...more, ...some.toReversed()], String, options);
          for (const part of ["train", "validation", "test"] as const)
            for (const item of few[part]) expect(many[part]).toContain(item);
          expect(few.train.length + few.validation.length + few.test.length).toBe(some.length);
        },
      ),
      { numRuns: 50 },
    );
  });

  it("has the given shares, differs between seeds, and rejects impossible shares", () => {
    const items = Array.from({ length: 5000 }, (_, i) => `item ${i}`);
    const { test, validation } = split(items, String, { test: 0.1, validation: 0.05 });
    expect(test.length / 5000).toBeCloseTo(0.1, 1);
    expect(validation.length / 5000).toBeCloseTo(0.05, 1);
    const other = new Set(split(items, String, { test: 0.1, seed: 2 }).test);
    expect(test.filter((item) => other.has(item)).length).toBeLessThan(120);
    expect(() => split(items, String, { test: 0.7, validation: 0.4 })).toThrow("their sum must be at most 1");
  });

  it("puts both directions and all spellings of a sentence into one part", () => {
    for (let i = 0; i < 50; i += 1) {
      const there = pair(`Der Hund ${i}.`, `The dog ${i}.`);
      const variants = [there, turned(there), pair(`  der  Hund ${i}!`, `THE DOG ${i}`)];
      expect(Object.values(splitPairs(variants, { test: 0.5 })).filter((part) => part.length > 0)).toHaveLength(1);
    }
  });
});

describe("a split of pairs with several translations of a sentence", () => {
  const several = Array.from({ length: 60 }, (_, i) =>
    ["one", "two", "three"].map((word) => pair(`Satz ${i}.`, `${word} sentence ${i}`)),
  ).flat();
  const sources = (list: readonly Pair[], language: string) =>
    new Set(list.map(({ source, reference, from }) => (from === language ? source : reference)));

  it("has no source in training and test, in one direction or both", () => {
    for (const pairs of [several, several.flatMap((each) => [each, turned(each)]), several.map(turned)]) {
      const { train, test } = splitPairs(pairs, {
        test: 0.3,
        by: pairs[0]!.from === "German" ? "source" : "reference",
      });
      const trained = sources(train, "German");
      expect(test.length).toBeGreaterThan(20);
      expect([...sources(test, "German")].filter((source) => trained.has(source))).toEqual([]);
      if (pairs === several) expect(leakCheck(train, test).leaks).toEqual([]);
    }
  });

  it("can be made by the reference, and knows no other option", () => {
    const shared = several.map(({ source, reference }) => pair(reference, source));
    const { train, test } = splitPairs(shared, { test: 0.3, by: "reference" });
    const trained = new Set(train.map(({ reference }) => reference));
    expect(test.filter(({ reference }) => trained.has(reference))).toEqual([]);
    expect(() => splitPairs(several, { test: 0.3, random_state: 1 } as never)).toThrow('no option "random_state"');
  });
});

describe("cleaning", () => {
  const reasons = (...list: Parameters<typeof cleanPairs>) => cleanPairs(...list).dropped.map(({ reason }) => reason);

  it("drops duplicates on the given sides; the other direction is no duplicate", () => {
    const dog = pair("Der Hund", "the dog");
    const corpus = [
      dog,
      turned(dog),
      pair("Der Hund ", "the dog"),
      pair("der Hund!", "The dog."),
      pair("Der Hund", "a dog"),
    ];
    expect(reasons(corpus)).toEqual(["duplicate of an earlier pair"]);
    expect(reasons(corpus, { duplicates: "normalised" })).toEqual(Array(2).fill("near duplicate of an earlier pair"));
    expect(reasons(corpus, { duplicates: "normalised", sides: "source" })).toHaveLength(3);
    expect(cleanPairs(corpus, { duplicates: "keep" }).pairs).toEqual(corpus);
  });

  it("drops pairs that are too long, too short or too unequal, in characters, words or tokens", () => {
    const corpus = [pair("a b c", "x y z"), pair("🎉🎉", "ab"), pair("a", "b c d e f g h")];
    expect(reasons(corpus, { length: { min: 2 } })).toEqual(["shorter than 2 characters"]);
    expect(reasons(corpus, { length: { max: 5 } })).toEqual(["longer than 5 characters"]);
    expect(reasons(corpus, { length: { unit: "words", ratio: 3 } })).toEqual([
      "one side more than 3 times as long as the other",
    ]);
    const count = (text: string): number => text.length * 10;
    expect(reasons(corpus, { length: { unit: "tokens", count, max: 50 } })).toEqual(["longer than 50 tokens"]);
    expect(() => cleanPairs(corpus, { length: { unit: "tokens" } })).toThrow("give a function that counts them");
  });

  it("does not call a pair a duplicate of one that was dropped for its length", () => {
    const corpus = [pair("Hund", "dog dog dog dog"), pair("Hund", "dog")];
    expect(cleanPairs(corpus, { sides: "source", length: { unit: "words", ratio: 2 } }).pairs).toEqual([corpus[1]]);
  });
});

describe("the leak check", () => {
  const train = [
    pair("Der Hund läuft.", "The dog runs."),
    turned(pair("Eine Katze.", "A cat.")),
    pair("Die Maus", "The mouse"),
    pair("frei", "free"),
  ];

  it("counts each test pair once, by its closest match in the training data in either direction", () => {
    const test = [
      pair("Der Hund läuft.", "The dog runs."),
      pair("eine Katze", "a cat"),
      pair("Die Maus", "A mouse is here"),
      pair("Das Mäuschen", "the mouse!"),
      pair("neu", "new"),
    ];
    const found = leakCheck(train, test);
    expect(found.rows.filter(({ pairs }) => pairs > 0)).toEqual([
      { leak: "pair, exact", pairs: 1, share: 0.2, example: "Der Hund läuft." },
      { leak: "pair, normalised", pairs: 1, share: 0.2, example: "eine Katze" },
      { leak: "source, exact", pairs: 1, share: 0.2, example: "Die Maus" },
      { leak: "reference, normalised", pairs: 1, share: 0.2, example: "Das Mäuschen" },
    ]);
    expect(found.train).toEqual([pair("frei", "free")]);
    expect(leakCheck(found.train, test).leaks).toEqual([]);
  });

  it("compares conversations by the text before the last answer, and by that answer", () => {
    const chat = (...texts: string[]) =>
      texts.map((content, i) => ({ role: i % 2 === 0 ? ("user" as const) : ("assistant" as const), content }));
    const [one, again, other] = [
      chat("Hello", "Hi!", "How are you?", "Fine."),
      chat("hello", "hi", "how are you", "fine"),
      chat("Hello", "Yes?"),
    ];
    const sides = chatSides([one, other, again]);
    expect(cleanPairs(sides, { duplicates: "normalised" }).pairs.map(({ chat }) => chat)).toEqual([one, other]);
    expect(leakCheck(sides.slice(0, 2), sides.slice(2)).leaks).toMatchObject([
      { kind: "pair, normalised", train: { chat: one } },
    ]);
  });

  it("does not confuse equal words of different languages", () => {
    expect(leakCheck([pair("Gift", "poison")], [pair("gift", "Geschenk", "English", "German")]).leaks).toEqual([]);
  });
});
