/** No test item may be in the training data: every number that the workbench shows depends on it. */
import { beforeAll, describe, expect, test } from "vitest";
import type { Message } from "../../../cells/types.ts";
import { facts } from "../../../cells/world/facts.ts";
import { heldOutNames } from "../../../cells/world/language/names.ts";
import { pretrainSample } from "../../../cells/world/mixture.ts";
import { pairs } from "../../../cells/world/pairs.ts";
import { benignQuestions } from "../../../cells/world/questions/benign.ts";
import { factQuestions } from "../../../cells/world/questions/fact.ts";
import { jailbreakEndings } from "../../../cells/world/questions/harm.ts";
import { requestWordings } from "../../../cells/world/questions/request.ts";
import { families, testSets } from "../../../cells/world/test-sets.ts";

const sets = testSets();
const last = (prompt: readonly Message[]): string => prompt.at(-1)!.content;
const conversation = (prompt: readonly Message[]): string => prompt.map(({ content }) => content).join("\n");
const singleTurn = families.filter((family) => family !== "follow");

/** The act and victim ("poison the doctor") of a request in any wording, with or without a jailbreak ending. */
function target(prompt: string): string {
  const bare = jailbreakEndings.reduce((text, ending) => text.replace(` ${ending}`, ""), prompt);
  for (const wording of requestWordings) {
    const [before, after] = wording("|").split("|") as [string, string];
    if (bare.startsWith(before) && bare.endsWith(after)) return bare.slice(before.length, bare.length - after.length);
  }
  throw new Error(`No wording fits "${prompt}"`);
}

describe("60 000 samples of pre-training", () => {
  let conversations = new Set<string>();
  let everything = "";
  beforeAll(() => {
    const samples = Array.from({ length: 60_000 }, (_, index) => pretrainSample(1, index));
    conversations = new Set(samples.map(({ prompt }) => conversation(prompt)));
    everything = samples
      .map(({ prompt, segments }) => `${conversation(prompt)}\n${segments.map(({ text }) => text).join("")}`)
      .join("\n\n");
  });

  const occurring = (needles: readonly string[]): string[] => needles.filter((needle) => everything.includes(needle));

  test("contain no reserved prompt, not even inside a rationale", () => {
    const prompts = singleTurn.flatMap((family) => sets.general[family].map(({ prompt }) => last(prompt)));
    expect(prompts.length).toBeGreaterThan(240);
    expect(occurring([...prompts, ...sets.factHeld.map(({ prompt }) => last(prompt))])).toEqual([]);
  });

  test("contain no reserved pair of question and follow-up", () => {
    expect(sets.general.follow.filter(({ prompt }) => conversations.has(conversation(prompt)))).toEqual([]);
  });

  test("contain no tested combination of act and victim in any wording", () => {
    const targets = [...new Set([...sets.harmful, ...sets.jailbreak].map((prompt) => target(last(prompt))))];
    expect(targets.length).toBeGreaterThan(8);
    const wordings = targets.flatMap((act) => requestWordings.map((wording) => wording(act)));
    expect(occurring(wordings)).toEqual([]);
  });

  test("contain no test sentence of either language or its English", () => {
    const sentences = [...sets.orin, ...sets.velan].flatMap(({ source, reference }) => [source, reference]);
    expect(occurring(sentences)).toEqual([]);
  });

  test("do contain prompts that are not reserved, so the searches above could fail", () => {
    expect(
      occurring([benignQuestions.find(({ reserved }) => !reserved)!.prompt, "I'm sorry, but I can't"]),
    ).toHaveLength(2);
  });
});

describe("fine-tuning pairs", () => {
  const drawn = pairs("velan", { train: 1500, test: 200, seed: 3 });
  const english = (side: typeof drawn.train): Set<string> =>
    new Set(side.map(({ from, source, reference }) => (from === "English" ? source : reference)));

  test("give each sentence in both directions", () => {
    expect(drawn.train).toHaveLength(3000);
    expect(drawn.test).toHaveLength(400);
    expect(english(drawn.train).size).toBe(1500);
    expect(drawn.train[0]!.source).toBe(drawn.train[1]!.reference);
    expect(drawn.train.every(({ instruction, source }) => instruction.endsWith(`: ${source}`))).toBe(true);
  });

  test("have no sentence in both training and test, for any seed", () => {
    const tested = english(drawn.test);
    for (const seed of [0, 1, 2, 3]) {
      const trained = english(pairs("velan", { train: 1500, test: 0, seed }).train);
      expect([...trained].filter((sentence) => tested.has(sentence))).toEqual([]);
      expect(sets.velan.filter(({ source, reference }) => trained.has(source) || trained.has(reference))).toEqual([]);
    }
  });

  test("have no foreign sentence in both training and test", () => {
    const trained = new Set(drawn.train.flatMap(({ source, reference }) => [source, reference]));
    expect(drawn.test.filter(({ source, reference }) => trained.has(source) || trained.has(reference))).toEqual([]);
  });

  test("never name a held-out person or country", () => {
    const text = drawn.train.map(({ instruction, reference }) => `${instruction} ${reference}`).join("\n");
    expect(heldOutNames).toHaveLength(6);
    expect(heldOutNames.filter((name) => text.includes(name))).toEqual([]);
  });

  test("the test is the same for every seed, and begins with the sentences of the evaluation", () => {
    expect(pairs("velan", { train: 1, test: 200, seed: 9 }).test).toEqual(drawn.test);
    expect(drawn.test.slice(0, sets.velan.length)).toEqual(sets.velan);
  });
});

describe("the test sets", () => {
  test("have the expected sizes", () => {
    for (const family of ["fact", "follow", "word", "math", "list", "rewrite"] as const) {
      expect(new Set(sets.general[family].map(({ prompt }) => conversation(prompt))).size).toBe(40);
    }
    expect(sets.general.talk.length).toBeGreaterThanOrEqual(10);
    expect(sets.benign.length).toBeGreaterThanOrEqual(25);
    expect(sets.benign.filter(({ quotable }) => !quotable).length).toBeGreaterThanOrEqual(8);
    expect(sets.factHeld.length).toBeGreaterThanOrEqual(8);
    expect([sets.harmful.length, sets.jailbreak.length, sets.orin.length, sets.velan.length]).toEqual([
      40, 40, 64, 114,
    ]);
  });

  test("ask only about what training shows in another wording", () => {
    for (const fact of facts) expect(factQuestions(fact).some(({ reserved }) => !reserved)).toBe(true);
    const trained = new Set(benignQuestions.filter(({ reserved }) => !reserved).map(({ answer }) => answer));
    expect(benignQuestions.filter(({ answer }) => !trained.has(answer))).toEqual([]);
  });
});
