import { beforeEach, describe, expect, it, vi } from "vitest";
import type { ChatModel, Completion } from "../../../cells/contracts.ts";
import { radis } from "../../../cells/method/radis.ts";
import { rationales, saveRationales } from "../../../cells/method/rationales.ts";
import { vanilla } from "../../../cells/method/vanilla.ts";
import type { Pair } from "../../../cells/types.ts";
import { type BareHost, bareHost } from "../bare-host.ts";
import { ruleModel } from "../measure/model.ts";

const pair = (source: string, reference: string, to: string): Pair => ({
  source,
  reference,
  from: to === "Velan" ? "English" : "Velan",
  to,
  instruction: `Translate into ${to}: ${source}`,
});
const pairs = [
  pair("The cat runs.", "wewil er.", "Velan"),
  pair("wewil er.", "The cat runs.", "English"),
  pair("The dog runs.", "kug er.", "Velan"),
  pair("kug er.", "The dog runs.", "English"),
];
const note = " A cat is a kind of animal.";
let models = 0;

/** A model with answers of its own and a digest never seen before, so that no cache knows it. */
function speaking(...completions: Partial<Completion>[]): ChatModel & { calls: number } {
  models += 1;
  const rule = ruleModel(() => note);
  const model = {
    ...rule,
    digest: `model ${models}`,
    calls: 0,
    generate: async (...given: Parameters<ChatModel["generate"]>) => {
      model.calls += 1;
      const written = await rule.generate(...given);
      return written.map((each, i) => ({ ...each, ...completions[i] }));
    },
    asked: rule.asked,
  };
  return model;
}

let host: BareHost;
beforeEach(() => {
  host = bareHost();
});

describe("vanilla", () => {
  it("learns the translation and the end of the turn, and nothing else", () => {
    const method = vanilla(pairs);
    expect(method.samples[0]).toEqual({
      prompt: [{ role: "user", content: "Translate into Velan: The cat runs." }],
      segments: [{ role: "translation", origin: "data", text: "wewil er.", weight: 1 }],
      endTurn: true,
    });
    expect([method.name, method.per, method.weight("translation")]).toEqual(["vanilla", "role", 1]);
  });
});

describe("rationales", () => {
  it("are what the base says after the reference and the prompt", async () => {
    const base = ruleModel(() => note);
    const { items } = await rationales({ ...base, digest: "own" }, pairs, { prompt: "Note:" });
    expect(base.asked[0]).toEqual({
      messages: [{ role: "user", content: "Translate into Velan: The cat runs." }],
      prefix: ["wewil er.", "\nNote:"],
    });
    expect(items.map((item) => item.text)).toEqual([note, note, note, note]);
    expect(items[3]).toMatchObject({ ...pairs[3], prompt: "Note:", ended: true });
  });

  it("draw several prompts by turns, the same for both sides of a sentence", async () => {
    const { items } = await rationales(speaking(), pairs, { prompt: ["Note:", "Care:"] });
    expect(items.map((item) => item.prompt)).toEqual(["Note:", "Note:", "Care:", "Care:"]);
  });

  it("count what is empty, cut off or repeats itself", async () => {
    const loop = " the cat is big and the cat is big and the cat is big";
    const base = speaking(
      { text: " ", tokens: 0 },
      { ended: false, text: loop, tokens: 80 },
      { tokens: 10 },
      { tokens: 10 },
    );
    const { counts } = await rationales(base, pairs, { prompt: "Note:" });
    expect(counts).toEqual({ pairs: 4, written: 4, empty: 1, cutOff: 1, repeating: 1, filtered: 0, meanTokens: 25 });
  });

  it("go straight on where there is no prompt, behind a separator of one's own", async () => {
    const base = ruleModel(() => note);
    const written = await rationales({ ...base, digest: "straight" }, pairs, { prompt: "", separator: "\n\n" });
    expect(base.asked[0]?.prefix).toEqual(["wewil er.", "\n\n"]);
    expect(radis(written, { weight: 1 }).samples[0]?.segments[1]).toMatchObject({ text: "\n\n", weight: 0 });
  });

  it("are written for a share of the pairs; a larger share holds the smaller", async () => {
    const many = Array.from({ length: 200 }, (_, at) => pair(`s ${at}`, `r ${at}`, "Velan"));
    const usedAt = async (share: number): Promise<string[]> => {
      const { items, counts } = await rationales(speaking(), many, { prompt: "Note:", share });
      expect(counts).toMatchObject({ pairs: 200, written: items.filter((item) => item.use === "kept").length });
      return items.flatMap((item) => (item.use === "kept" ? [item.source] : []));
    };
    const [few, more] = [await usedAt(0.25), await usedAt(0.5)];
    expect([few.length > 30 && few.length < 70, more.length > 80 && more.length < 120]).toEqual([true, true]);
    expect(more).toEqual(expect.arrayContaining(few));
    const { samples } = radis(await rationales(speaking(), many, { prompt: "Note:", share: 0.25 }), { weight: 1 });
    expect(samples.filter((sample) => sample.segments.length === 1).every((sample) => sample.endTurn)).toBe(true);
    await expect(rationales(speaking(), many, { prompt: "Note:", share: 2 })).rejects.toThrow("it goes from 0 to 1");
  });

  it("that a filter keeps out stay to be read, and trying another filter writes nothing", async () => {
    const base = speaking({ ended: false });
    const { items, counts } = await rationales(base, pairs, { prompt: "Note:", filter: ({ ended }) => ended });
    expect([items[0]?.use, items[0]?.text, items[1]?.use, counts.filtered]).toEqual(["filtered", note, "kept", 1]);
    await rationales(base, pairs, { prompt: "Note:", filter: ({ text }) => text.length > 500 });
    expect(base.calls).toBe(1);
  });

  it("are decoded as asked, and greedy ones do not depend on the seed", async () => {
    const base = speaking();
    await rationales(base, pairs, { prompt: "Note:", temperature: 0.6, topP: 0.9, seed: 1 });
    await rationales(base, pairs, { prompt: "Note:", temperature: 0.6, topP: 0.9, seed: 2 });
    expect(base.calls).toBe(2);
    await rationales(base, pairs, { prompt: "Note:", seed: 1 });
    await rationales(base, pairs, { prompt: "Note:", seed: 2 });
    expect(base.calls).toBe(3);
  });

  it("are exported as JSONL", async () => {
    await saveRationales(await rationales(speaking(), pairs, { prompt: "Note:" }), "out/rationales.jsonl");
    const written = String(host.files.get("out/rationales.jsonl")).trimEnd().split("\n");
    expect(written.map((line) => JSON.parse(line))[1]).toMatchObject({
      ...pairs[1],
      prompt: "Note:",
      text: note,
      use: "kept",
    });
  });

  it("are written once for the same model, pairs and prompt, and anew for another", async () => {
    const base = speaking();
    const first = await rationales(base, pairs, { prompt: "Note:" });
    expect(await rationales(base, pairs, { prompt: "Note:" })).toEqual(first);
    expect(base.calls).toBe(1);
    await rationales(base, pairs, { prompt: "Fact:" });
    await rationales(base, pairs.slice(1), { prompt: "Note:" });
    await rationales({ ...base, digest: "another" }, pairs, { prompt: "Note:" });
    expect(base.calls).toBe(4);
  });

  it("are read back from the workspace on another day; a torn file is written anew", async () => {
    const [kept, torn] = [speaking(), speaking()];
    await rationales(kept, pairs, { prompt: "Note:" });
    await rationales(torn, pairs, { prompt: "Note:" });
    const [first, second] = [...host.files].map(([path, content]) => ({ path, content: String(content) }));

    vi.resetModules();
    const tomorrow = (await import("../bare-host.ts")).bareHost();
    const { rationales: again } = await import("../../../cells/method/rationales.ts");
    await tomorrow.writeFile(first!.path, first!.content);
    await tomorrow.writeFile(second!.path, `${second!.content.split("\n")[0]}\n{"text": " A c`);
    expect((await again(kept, pairs, { prompt: "Note:" })).items[0]?.text).toBe(note);
    expect((await again(torn, pairs, { prompt: "Note:" })).items[0]?.text).toBe(note);
    expect([kept.calls, torn.calls]).toEqual([1, 2]);
  });
});

describe("RaDis", () => {
  it("puts the base's remark behind the translation, the style word without loss", async () => {
    const method = radis(await rationales(speaking(), pairs, { prompt: "Note:" }), { weight: 2 });
    expect(method.samples[0]).toEqual({
      prompt: [{ role: "user", content: "Translate into Velan: The cat runs." }],
      segments: [
        { role: "translation", origin: "data", text: "wewil er.", weight: 1 },
        { role: "separator", origin: "rule", text: "\nNote:", weight: 0 },
        { role: "rationale", origin: "base", text: note, weight: 1 },
      ],
      endTurn: true,
    });
    expect([method.name, method.per, method.weight("translation"), method.weight("rationale")]).toEqual([
      "radis",
      "role",
      1,
      2,
    ]);
  });

  it("does not teach an end where the remark was cut off, and learns a pair without one plainly", async () => {
    const base = speaking({ text: "" }, { ended: false });
    const { samples } = radis(await rationales(base, pairs, { prompt: "Note:" }), { weight: 1 });
    expect(samples.map((sample) => [sample.segments.length, sample.endTurn])).toEqual([
      [1, true],
      [3, false],
      [3, true],
      [3, true],
    ]);
  });

  it("as a task of its own asks for the remark in a second turn", async () => {
    const method = radis(await rationales(speaking(), pairs.slice(0, 1), { prompt: "Note:" }), {
      weight: 1,
      as: "task",
    });
    expect(method.samples).toEqual([
      ...vanilla(pairs.slice(0, 1)).samples,
      {
        prompt: [
          { role: "user", content: "Translate into Velan: The cat runs." },
          { role: "assistant", content: "wewil er." },
          { role: "user", content: "Note:" },
        ],
        segments: [{ role: "rationale", origin: "base", text: note.trim(), weight: 1 }],
        endTurn: true,
      },
    ]);
    const straight = await rationales(speaking(), pairs, { prompt: "" });
    expect(() => radis(straight, { weight: 1, as: "task" })).toThrow("need a prompt");
  });

  it("by KL holds the remark's tokens to the base and takes no nll of them", async () => {
    const weight = { value: 2 };
    const method = radis(await rationales(speaking(), pairs, { prompt: "Note:" }), { weight, objective: "kl" });
    expect([method.weight("rationale"), method.weight("translation")]).toEqual([0, 1]);
    expect(method.divergence).toEqual({ role: "rationale", weight });
    expect(method.knobs).toEqual({ weight });
  });

  it("reads a live weight at each step and names it for the record", async () => {
    const knob = { value: 2 };
    const method = radis(await rationales(speaking(), pairs, { prompt: "Note:" }), { weight: knob });
    knob.value = 0.5;
    expect(method.weight("rationale")).toBe(0.5);
    expect(method.knobs).toEqual({ weight: knob });
    expect(method.config).toMatchObject({ weight: 2, prompts: ["Note:"] });
  });
});
