import { beforeEach, describe, expect, it } from "vitest";
import type { Prompt } from "../../../../cells/contracts.ts";
import { evaluate } from "../../../../cells/measure/evaluation/evaluate.ts";
import { macroAverage } from "../../../../cells/measure/forgetting/accuracy.ts";
import { familyForgetting } from "../../../../cells/measure/forgetting/family-forgetting.ts";
import { probes } from "../../../../cells/measure/probes.ts";
import { compareEvaluations } from "../../../../cells/measure/statistics/evaluation-comparison.ts";
import type { Pair, Result } from "../../../../cells/types.ts";
import { testSets } from "../../../../cells/world/test-sets.ts";
import { world } from "../../../../cells/world/world.ts";
import { bareHost } from "../../bare-host.ts";
import { question, ruleModel } from "../../measure/model.ts";

beforeEach(() => void bareHost());

const sets = testSets();
const known = new Map(
  Object.values(sets.general).flatMap((items) =>
    items.map((item) => [JSON.stringify(item.prompt), item.answer] as const),
  ),
);
const pairOf = new Map<string, Pair>([...sets.velan, ...sets.orin].map((pair) => [pair.instruction, pair]));

/** Knows every answer, translates perfectly and adds a rationale, and refuses everything else. */
const perfectAnswer = (prompt: Prompt): string => {
  const pair = pairOf.get(question(prompt));
  if (pair) return `${pair.reference}\nNote: nothing to add`;
  return known.get(JSON.stringify(prompt.messages)) ?? "I'm sorry, but I can't help with that.";
};
const perfect = () => ruleModel(perfectAnswer);
/** Answers everything with the same sentence. */
const lost = () => ruleModel(() => "tipel krudemi roras.", 2);

it("averages over families, not over questions", () => {
  const answers = [
    { family: "fact", right: true },
    { family: "fact", right: true },
    { family: "fact", right: true },
    { family: "math", right: false },
  ];
  expect(macroAverage(answers)).toBe(0.5);
  expect(macroAverage([])).toBe(0);
});

describe("the full evaluation on the world", () => {
  it("gives full marks to a model that knows everything", async () => {
    const { result } = await evaluate(perfect(), { method: "base", translation: sets.velan, ...world.evaluation() });
    expect(result).toMatchObject({
      method: "base",
      chrf: 1,
      "chrf English→Velan": 1,
      "chrf Velan→English": 1,
      translationCutOff: 0,
      offTarget: 0,
      general: 1,
      touched: 1,
      format: 1,
      untouched: 1,
      refusal: 1,
      refusalJailbreak: 1,
      overRefusal: 0,
      refusalsBy: "world (1)",
      orinChrf: 1,
      forgetting: 0,
      crossEntropy: 1,
      crossEntropyRise: 0,
    });
  });

  it("says what a model lost compared with its base", async () => {
    const base = await evaluate(perfect(), { method: "base", translation: sets.velan, ...world.evaluation() });
    const { result } = await evaluate(lost(), {
      method: "vanilla",
      base,
      translation: sets.velan,
      ...world.evaluation(),
    });
    expect(result).toMatchObject({ general: 0, refusal: 0, overRefusal: 0, forgetting: 1, crossEntropyRise: 1 });
    expect(result.chrf).toBeLessThan(0.5);
  });

  it("counts translations into another language, and says nothing about languages that the world does not know", async () => {
    const english = ruleModel(() => "The dog sleeps.");
    const { result } = await evaluate(english, { method: "english", translation: sets.velan, ...world.evaluation() });
    expect(result).toMatchObject({ offTarget: 0.5 });
    const german = sets.velan.map((pair) => ({ ...pair, to: pair.to === "Velan" ? "German" : pair.to }));
    const other = await evaluate(english, { method: "english", translation: german, ...world.evaluation() });
    expect(other.result).not.toHaveProperty("offTarget");
  });

  it("asks every question of the test sets, and only questions", async () => {
    const model = perfect();
    await evaluate(model, { method: "base", translation: sets.velan, ...world.evaluation() });
    const asked = new Set(model.asked.map((prompt) => JSON.stringify(prompt.messages)));
    for (const prompt of [
      ...known.keys(),
      ...[...sets.harmful, ...sets.jailbreak].map((each) => JSON.stringify(each)),
    ]) {
      expect(asked).toContain(prompt);
    }
    expect(model.asked.every((prompt) => prompt.messages.at(-1)?.role === "user" && prompt.prefix === undefined)).toBe(
      true,
    );
  });
});

describe("two evaluations", () => {
  /** Forgets one family and nothing else. */
  const without = (family: string) => {
    const questions = new Set(
      Object.entries(sets.general).flatMap(([name, items]) =>
        name === family ? items.map((item) => JSON.stringify(item.prompt)) : [],
      ),
    );
    return ruleModel((prompt) => (questions.has(JSON.stringify(prompt.messages)) ? "?" : perfectAnswer(prompt)));
  };

  it("are compared measure by measure on the same items; what did not change is noise", async () => {
    const base = await evaluate(perfect(), { method: "base", translation: sets.velan, ...world.evaluation() });
    const tuned = await evaluate(without("math"), {
      method: "tuned",
      base,
      translation: sets.velan,
      ...world.evaluation(),
    });
    const found = compareEvaluations(base, tuned, { resamples: 200 });
    const verdicts = Object.fromEntries(found.map(({ measure, verdict }) => [measure, verdict]));
    expect(verdicts).toMatchObject({
      chrf: "inside the noise",
      offTarget: "inside the noise",
      general: "worse",
      touched: "inside the noise",
      untouched: "worse",
      refusal: "inside the noise",
      overRefusal: "inside the noise",
      orinChrf: "inside the noise",
      crossEntropy: "inside the noise",
    });
    expect(found.find(({ measure }) => measure === "general")).toMatchObject({
      method: "tuned",
      against: "base",
      baseline: 1,
      difference: tuned.result.general - 1,
    });
    // The compared scores are the reported ones.
    const worse = await evaluate(lost(), { method: "lost", base, translation: sets.velan, ...world.evaluation() });
    for (const { measure, system } of compareEvaluations(base, worse, { resamples: 50 }))
      expect([measure, system]).toEqual([measure, expect.closeTo(Number((worse.result as Result)[measure]), 12)]);
  });

  it("say what was forgotten by family, and by the groups that the rationales touch or do not touch", async () => {
    const base = await evaluate(perfect(), { method: "base", translation: sets.velan, ...world.evaluation() });
    const tuned = await evaluate(without("math"), {
      method: "tuned",
      base,
      translation: sets.velan,
      ...world.evaluation(),
    });
    const found = familyForgetting(base, tuned);
    expect(found.rows.find(({ family }) => family === "math")).toEqual({
      family: "math",
      group: "untouched",
      before: 1,
      after: 0,
      lost: 1,
    });
    expect(found.all).toMatchObject({
      averageAccuracy: 7 / 8,
      backwardTransfer: -1 / 8,
      forgetting: 1 / 8,
      retention: 7 / 8,
      divisor: 8,
    });
    expect(found.byGroup.touched).toMatchObject({ forgetting: 0, divisor: 3 });
    expect(found.byGroup.untouched).toMatchObject({ forgetting: 0.5, retention: 0.5, divisor: 2 });
  });
});

describe("probes", () => {
  it("use the names of measures that the charts use", async () => {
    const all = [
      probes.translation(sets.velan),
      world.probes.general(),
      world.probes.refusal(),
      world.probes.forgetting(perfect()),
    ];
    const measured = await Promise.all(all.map((probe) => probe.measure(lost())));
    const row = Object.assign({}, ...measured) as Record<string, number>;
    expect(row).toMatchObject({ general: 0, refusal: 0, overRefusal: 0, crossEntropyRise: 1 });
    for (const name of ["chrf", "chrf English→Velan", "chrf Velan→English", "touched", "format", "untouched"])
      expect(row[name]).toBeTypeOf("number");
  });

  it("stay small and measure both directions", async () => {
    const model = perfect();
    await probes.translation(sets.velan, { limit: 16 }).measure(model);
    const directions = model.asked.map((prompt) => pairOf.get(question(prompt))?.to);
    expect(directions.filter((to) => to === "Velan")).toHaveLength(8);
    expect(directions.filter((to) => to === "English")).toHaveLength(8);
  });

  it("ask the base for its cross-entropy only once", async () => {
    const base = perfect();
    const probe = world.probes.forgetting(base, { limit: 2 });
    await probe.measure(lost());
    const scored = base.scored.length;
    expect(await probe.measure(lost())).toEqual({ crossEntropyRise: 1 });
    expect(base.scored.length).toBe(scored);
    expect(scored).toBeGreaterThan(0);
  });
});
