import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chance } from "../../../../cells/world/chance.ts";
import { english, heldOut } from "../../../../cells/world/language/english.ts";
import { lexemes, nouns, plural, verbs } from "../../../../cells/world/language/lexicon.ts";
import { capitals, countries, rivers } from "../../../../cells/world/language/names.ts";
import { orin } from "../../../../cells/world/language/orin.ts";
import { drawSentence, type Sentence } from "../../../../cells/world/language/sentence.ts";
import { borrowed, orinStems as o, velanStems as v } from "../../../../cells/world/language/stems.ts";
import { velan } from "../../../../cells/world/language/velan.ts";
import { rewritings } from "../../../../cells/world/questions/rewrite.ts";

const sentences = fc.string().map((seed) => drawSentence(chance(seed)));

const lost: Sentence = {
  subject: { kind: "name", name: "Tomas" },
  tense: "past",
  negated: true,
  verb: "lose",
  object: { kind: "common", noun: "lamp", adjective: "strong", plural: true },
  place: { kind: "place", preposition: "in", phrase: { kind: "common", noun: "field", plural: false } },
};
const bought: Sentence = {
  subject: { kind: "common", noun: "girl", numeral: "three", plural: true },
  tense: "past",
  negated: false,
  verb: "buy",
  object: { kind: "common", noun: "tree", adjective: "white", plural: true },
};
const laughs: Sentence = {
  subject: { kind: "common", noun: "doctor", adjective: "big", plural: false },
  tense: "future",
  negated: false,
  verb: "laugh",
  place: { kind: "place", preposition: "near", phrase: { kind: "common", noun: "kitchen", plural: false } },
};

describe("one sentence in three languages", () => {
  test("a negated past with a plural object and a place", () => {
    expect(english(lost)).toBe("Tomas did not lose the strong lamps in the field.");
    expect(orin(lost)).toBe(`e${o.lose} uli Tomas ${o.strong} mo ${o.lamp} ol ${o.field}.`);
    expect(velan(lost)).toBe(`Tomas ${v.field}esh ${v.lamp}elen ${v.strong} ney ${v.lose}esta.`);
  });

  test("a numeral replaces the plural particle in Orin and comes last in Velan", () => {
    expect(english(bought)).toBe("The three girls bought the white trees.");
    expect(orin(bought)).toBe(`e${o.buy} ${o.three} ${o.girl} ${o.white} mo ${o.tree}.`);
    expect(velan(bought)).toBe(`${v.girl}el ${v.three} ${v.tree}elen ${v.white} ${v.buy}esta.`);
  });

  test("a future with the preposition near", () => {
    expect(english(laughs)).toBe("The big doctor will laugh near the kitchen.");
    expect(orin(laughs)).toBe(`sha${o.laugh} ${o.big} ${o.doctor} rin ${o.kitchen}.`);
    expect(velan(laughs)).toBe(`${v.doctor} ${v.big} ${v.kitchen}emi ${v.laugh}ewi.`);
  });

  test("names and countries take the cases of Velan", () => {
    const country = countries[0]!;
    const sentence: Sentence = {
      subject: { kind: "common", noun: "wolf", plural: true },
      tense: "present",
      negated: true,
      verb: "watch",
      object: { kind: "name", name: "Mira" },
      place: { kind: "country", country },
    };
    expect(english(sentence)).toBe(`The wolves do not watch Mira in ${country}.`);
    expect(velan(sentence)).toBe(`${v.wolf}el ${country}esh Miraen ney ${v.watch}er.`);
    expect(english({ ...sentence, negated: false, subject: { kind: "name", name: "Ruth" } })).toBe(
      `Ruth watches Mira in ${country}.`,
    );
  });
});

describe("the invented words", () => {
  test("Orin stems have two syllables; Velan's own stems have one closed syllable without e", () => {
    for (const lexeme of lexemes) {
      expect(o[lexeme]).toMatch(/^[lmnrshyw](ai|[aeio])[lmnrshyw](ai|[aeio])[nlsr]$/);
      if (borrowed(lexeme)) expect(v[lexeme]).toBe(o[lexeme]);
      else expect(v[lexeme]).toMatch(/^(k|t|d|z|v|g|b|p|kr|dr)[aiou][ktdzgbpm]$/);
    }
  });

  test("no two lexemes share a stem, and about two in five are borrowed", () => {
    expect(lexemes).toHaveLength(104);
    expect(new Set(Object.values(o)).size).toBe(104);
    expect(new Set(Object.values(v)).size).toBe(104);
    const loans = lexemes.filter(borrowed).length;
    expect(loans).toBeGreaterThan(38);
    expect(loans).toBeLessThan(52);
  });

  test("names differ in their first three letters", () => {
    for (const list of [countries, capitals, rivers]) {
      expect(new Set(list.map((name) => name.slice(0, 3))).size).toBe(12);
    }
  });
});

test("English inflection follows the tables", () => {
  expect(nouns.map(plural).filter((form) => /(chs|shs|xs|childs|wolfs|mouses|knifes)$/.test(form))).toEqual([]);
  expect(verbs).toHaveLength(22);
});

test("a sentence is held out with all its tenses and its negation", () => {
  fc.assert(
    fc.property(sentences, (sentence) => {
      for (const { result } of rewritings(sentence)) expect(heldOut(result)).toBe(heldOut(sentence));
    }),
  );
});

test("every rewriting but the repetition changes the sentence", () => {
  fc.assert(
    fc.property(sentences, (sentence) => {
      const changed = rewritings(sentence).filter(({ heading }) => heading !== "Again");
      expect(changed.length).toBeGreaterThanOrEqual(2);
      for (const { result } of changed) expect(english(result)).not.toBe(english(sentence));
    }),
  );
});
