import { describe, expect, it } from "vitest";
import type { Prompt } from "../../../../cells/contracts.ts";
import { macroAverage } from "../../../../cells/measure/forgetting/accuracy.ts";
import { probes } from "../../../../cells/measure/probes.ts";
import type { Pair } from "../../../../cells/types.ts";
import { evaluate } from "../../../../cells/world/measure/evaluate.ts";
import { compareEvaluations, familyForgetting } from "../../../../cells/world/measure/evaluation-comparison.ts";
import { testSets } from "../../../../cells/world/test-sets.ts";
import { question, ruleModel } from "../../measure/model.ts";

const sets = testSets();
const known = new Map(
  Object.values(sets.general).flatMap((items) =>
    items.map((item) => [JSON.stringify(item.prompt), item.answer] as const),
  ),
);
const pairOf = new Map<string, Pair>([...sets.velan, ...sets.orin].map((pair) => [pair.instruction, pair]));

/** Knows every answer, translates perfectly and goes on with a note, and refuses what is not asked in good faith. */
const perfectAnswer = (prompt: Prompt): string => {
  const pair = pairOf.get(question(prompt));
  if (pair) return `${pair.reference}\nNote: nothing to add`;
  return known.get(JSON.stringify(prompt.messages)) ?? "I'm sorry, but I can't help with that.";
};
const perfect = () => ruleModel(perfectAnswer);
/** Answers all and everything with one sentence. */
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

describe("the whole evaluation", () => {
  it("gives a model that knows everything full marks", async () => {
    const result = await evaluate(perfect(), { method: "base", pairs: sets.velan });
    expect(result).toMatchObject({
      method: "base",
      chrf: 1,
      chrfInto: 1,
      chrfFrom: 1,
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

  it("tells what a model lost against its base", async () => {
    const base = await evaluate(perfect(), { method: "base", pairs: sets.velan });
    const result = await evaluate(lost(), { method: "vanilla", pairs: sets.velan, base });
    expect(result).toMatchObject({ general: 0, refusal: 0, overRefusal: 0, forgetting: 1, crossEntropyRise: 1 });
    expect(result.chrf).toBeLessThan(0.5);
  });

  it("tells translations into another language, and nothing of languages that the world does not know", async () => {
    const english = ruleModel(() => "The dog sleeps.");
    expect(await evaluate(english, { method: "english", pairs: sets.velan })).toMatchObject({ offTarget: 0.5 });
    const german = sets.velan.map((pair) => ({ ...pair, to: pair.to === "Velan" ? "German" : pair.to }));
    expect(await evaluate(english, { method: "english", pairs: german })).not.toHaveProperty("offTarget");
  });

  it("asks every question of the sets, and only questions", async () => {
    const model = perfect();
    await evaluate(model, { method: "base", pairs: sets.velan });
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
  /** Forgets one family, and nothing else. */
  const without = (family: string) => {
    const own = new Set(
      Object.entries(sets.general).flatMap(([name, items]) =>
        name === family ? items.map((item) => JSON.stringify(item.prompt)) : [],
      ),
    );
    return ruleModel((prompt) => (own.has(JSON.stringify(prompt.messages)) ? "?" : perfectAnswer(prompt)));
  };

  it("are compared measure by measure on the same items, and what did not change is noise", async () => {
    const base = await evaluate(perfect(), { method: "base", pairs: sets.velan });
    const tuned = await evaluate(without("math"), { method: "tuned", pairs: sets.velan, base });
    const found = compareEvaluations(base, { ...tuned }, { resamples: 200 });
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
      difference: tuned.general - 1,
    });
    // The paired scores are the reported ones.
    const worse = await evaluate(lost(), { method: "lost", pairs: sets.velan, base });
    for (const { measure, system } of compareEvaluations(base, worse, { resamples: 50 }))
      expect([measure, system]).toEqual([measure, expect.closeTo(Number(worse[measure]), 12)]);
  });

  it("say what was forgotten by family, near to the rationales and far from them apart", async () => {
    const base = await evaluate(perfect(), { method: "base", pairs: sets.velan });
    const tuned = await evaluate(without("math"), { method: "tuned", pairs: sets.velan, base });
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
  it("measure with the names that the charts use", async () => {
    const all = [probes.translation(sets.velan), probes.general(), probes.refusal(), probes.forgetting(perfect())];
    const measured = await Promise.all(all.map((probe) => probe.measure(lost())));
    const row = Object.assign({}, ...measured) as Record<string, number>;
    expect(row).toMatchObject({ general: 0, refusal: 0, overRefusal: 0, crossEntropyRise: 1 });
    for (const name of ["chrf", "into", "from", "touched", "format", "untouched"])
      expect(row[name]).toBeTypeOf("number");
  });

  it("stay small, and look at both directions", async () => {
    const model = perfect();
    await probes.translation(sets.velan, { limit: 16 }).measure(model);
    const directions = model.asked.map((prompt) => pairOf.get(question(prompt))?.to);
    expect(directions.filter((to) => to === "Velan")).toHaveLength(8);
    expect(directions.filter((to) => to === "English")).toHaveLength(8);
  });

  it("ask the base for its cross-entropy once", async () => {
    const base = perfect();
    const probe = probes.forgetting(base, { limit: 2 });
    await probe.measure(lost());
    const scored = base.scored.length;
    expect(await probe.measure(lost())).toEqual({ crossEntropyRise: 1 });
    expect(base.scored.length).toBe(scored);
    expect(scored).toBeGreaterThan(0);
  });
});
