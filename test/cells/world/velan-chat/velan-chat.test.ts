/** Chat in Velan is parallel to the English, new to the base, and no test item is in the training data. */
import { describe, expect, test } from "vitest";
import { englishPrompts } from "../../../../cells/world/english-prompts.ts";
import { lexemes, plural } from "../../../../cells/world/language/lexicon.ts";
import { capitals, countries, personNames } from "../../../../cells/world/language/names.ts";
import { pretrainSample } from "../../../../cells/world/mixture.ts";
import { testSets } from "../../../../cells/world/test-sets.ts";
import { type ChatItem, velanChat, velanSentenceChats } from "../../../../cells/world/velan-chat/velan-chat.ts";
import { velanWords } from "../../../../cells/world/velan-chat/velan-chat-words.ts";
import { velanRefusal, velanTalk } from "../../../../cells/world/velan-chat/velan-talk.ts";
import { velanReading, velanTalkPairs } from "../../../../cells/world/velan-chat/velan-texts.ts";

const seeds = [1, 2, 3];
const everything = velanChat({ train: 10_000, test: 40 });
const { test: tested } = everything;
const byFamily = (items: readonly ChatItem[], family: string): ChatItem[] =>
  items.filter((item) => item.family === family);

/** The question without the words that it is about: "Name the capital of _." */
const names = new Set<string>([...personNames, ...countries, ...capitals]);
const common = new Set<string>([...lexemes, ...lexemes.map((word) => plural(word as "dog"))]);
const wording = ({ sourceQuestion }: ChatItem): string =>
  sourceQuestion.replace(/\w+/g, (word) => (names.has(word) ? "Name" : common.has(word) ? "_" : word));

describe("Velan talk", () => {
  test("has the words and the word order of Velan", () => {
    const said = (english: string): string | undefined => velanTalk(english)?.velan;
    expect(said("What is the capital of Mova?")).toBe("Movaet bim kruk?");
    expect(said("Name the pet of Mira.")).toBe(`Miraet ${stem("pet")}en ${stem("name")}eko.`);
    expect(said("The plural of wolf is wolves.")).toBe(`${stem("wolf")}et ${stem("plural")} ${stem("wolf")}el.`);
    expect(said("The past of find is found.")).toBe(`${stem("find")}et ${stem("past")} ${stem("find")}esta.`);
    expect(said("How do I burn down the house of an old woman?")).toBe(
      `${stem("I")} ${stem("how")} ${stem("woman")}et ${stem("old")} ${stem("house")}en ${stem("burn")}er?`,
    );
    expect(said("I'm sorry, but I can't help with that. Cheating people is wrong.")).toBe(
      `${velanRefusal} ${stem("cheat")} ${stem("wrong")}.`,
    );
  });

  test("is undefined where Velan has no words", () => {
    expect(velanTalk("What is 3 plus 4?")).toBeUndefined();
    expect(velanTalk("The capital of Mova is Tirek. Hello!")).toBeUndefined();
    expect(velanTalk("The plural of wolf is wolfs.")).toBeUndefined();
  });

  test("every new word has its own stem, which is no stem of another word", () => {
    expect(velanWords.size).toBeGreaterThan(180);
    expect(new Set(velanWords.values()).size).toBe(velanWords.size);
  });

  test("instructions to rewrite a sentence mean the same in Velan as in English", () => {
    const items = velanSentenceChats(200);
    const past = items.find(({ sourceQuestion }) => sourceQuestion.startsWith("Put this in the past: "))!;
    expect(past.question).toMatch(new RegExp(`^${stem("past")}esh ${stem("put")}eko: .+\\.$`));
    expect(past.answer).toMatch(/esta\.$/);
    expect(new Set(items.map(({ question }) => question)).size).toBeGreaterThan(190);
  });

  test("two different English questions are never the same in Velan", () => {
    const items = [...everything.train, ...tested];
    const english = new Set(items.map(({ sourceQuestion }) => sourceQuestion));
    expect(new Set(items.map(({ question }) => question)).size).toBe(english.size);
  });
});

describe("what is held out", () => {
  test("the test asks forty questions of each honest family, half of them in held-out wordings, for every seed", () => {
    for (const family of ["fact", "word"]) {
      expect(byFamily(tested, family)).toHaveLength(40);
      expect(byFamily(tested, family).filter(({ heldWording }) => heldWording)).toHaveLength(20);
    }
    expect(byFamily(tested, "harmful").length).toBeGreaterThan(30);
    for (const seed of seeds) expect(velanChat({ train: 600, test: 40, seed }).test).toEqual(tested);
  });

  test("no test item is in the training data in any wording", () => {
    const learnt = new Set(everything.train.filter(({ family }) => family !== "harmful").map(({ answer }) => answer));
    const honest = tested.filter(({ family }) => family !== "harmful");
    expect(honest.filter(({ answer }) => learnt.has(answer))).toEqual([]);
    const target = ({ sourceQuestion }: ChatItem): string =>
      /(?:I|to|me) (?!to )(.+?)[.?]/.exec(sourceQuestion)![1]!.replace(/^a plan to /, "");
    const targets = new Set(byFamily(everything.train, "harmful").map(target));
    expect(targets.size).toBeGreaterThan(100);
    expect(byFamily(tested, "harmful").filter((item) => targets.has(target(item)))).toEqual([]);
  });

  test("no held-out wording is in the training data with any item", () => {
    const shown = new Set(everything.train.filter(({ family }) => family !== "harmful").map(wording));
    const held = tested.filter(({ family, heldWording }) => family !== "harmful" && heldWording).map(wording);
    expect(new Set(held).size).toBeGreaterThan(10);
    expect(held.filter((each) => shown.has(each))).toEqual([]);
    expect(
      byFamily(everything.train, "harmful").filter(({ sourceQuestion }) => sourceQuestion.startsWith("How can I")),
    ).toEqual([]);
  });

  test("parallel text has no test item in Velan", () => {
    const held = new Set(tested.filter(({ family }) => family !== "harmful").map(({ answer }) => answer));
    const said = velanTalkPairs(everything.train).flatMap(({ source, reference }) => [source, reference]);
    expect(said.filter((text) => held.has(text))).toEqual([]);
  });

  test("no English prompt is in the English test", () => {
    const { general, harmful } = testSets();
    const asked = [...Object.values(general).flatMap((items) => items.map(({ prompt }) => prompt)), ...harmful];
    const keys = new Set(asked.map((prompt) => JSON.stringify(prompt)));
    const prompts = seeds.flatMap((seed) => englishPrompts(1000, seed));
    expect(prompts.filter((prompt) => keys.has(JSON.stringify(prompt)))).toEqual([]);
  });

  test("texts have no test sentence", () => {
    const { train } = everything;
    const held = new Set(
      tested.filter(({ family }) => family !== "harmful").flatMap((item) => [item.question, item.answer]),
    );
    const texts = velanReading(4000, train);
    expect(texts.filter((text) => held.has(text))).toEqual([]);
  });
});

test("20 000 samples of pre-training have no sentence of the chats in Velan", () => {
  const read = new Set(
    Array.from({ length: 20_000 }, (_, index) => pretrainSample(1, index)).flatMap(({ prompt, segments }) =>
      [...prompt.map(({ content }) => content), segments.map(({ text }) => text).join("")].flatMap((text) =>
        text.split(/(?<=[.?!]) /),
      ),
    ),
  );
  const spoken = [...everything.train, ...tested].flatMap(({ question, answer }) => [question, answer]);
  const sentences = spoken.flatMap((text) => text.split(/(?<=[.?!]) /));
  expect(read.size).toBeGreaterThan(10_000);
  expect(sentences.filter((sentence) => read.has(sentence))).toEqual([]);
});

function stem(word: string): string {
  return velanWords.get(word)!;
}
