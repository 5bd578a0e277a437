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

/** A model with the given completions and a new digest, so that nothing of it is cached. */
function modelWith(...completions: Partial<Completion>[]): ReturnType<typeof ruleModel> & { calls: number } {
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
  it("learns the translation and the end of the turn", () => {
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
  it("are what the base writes after the reference and the rationale prompt", async () => {
    const base = ruleModel(() => note);
    const { items } = await rationales({ ...base, digest: "own" }, pairs, { prompt: "Note:" });
    expect(base.asked[0]).toEqual({
      messages: [{ role: "user", content: "Translate into Velan: The cat runs." }],
      prefix: ["wewil er.", "\nNote:"],
    });
    expect(items.map((item) => item.text)).toEqual([note, note, note, note]);
    expect(items[3]).toMatchObject({ ...pairs[3], prompt: "Note:", ended: true });
  });

  it("are given several prompts in turn, the same for both directions of a sentence", async () => {
    const { items } = await rationales(modelWith(), pairs, { prompt: ["Note:", "Care:"] });
    expect(items.map((item) => item.prompt)).toEqual(["Note:", "Note:", "Care:", "Care:"]);
  });

  it("are counted if they are empty, cut off or repeating", async () => {
    const loop = " the cat is big and the cat is big and the cat is big";
    const base = modelWith(
      { text: " ", tokens: 0 },
      { ended: false, text: loop, tokens: 80 },
      { tokens: 10 },
      { tokens: 10 },
    );
    const { counts } = await rationales(base, pairs, { prompt: "Note:" });
    expect(counts).toEqual({
      ...{ pairs: 4, written: 4, empty: 1, cutOff: 1, repeating: 1, filtered: 0, meanTokens: 25 },
      meanSourceShare: 0,
    });
  });

  it("need no prompt: the model goes straight on after the reference and an empty line, or another separator", async () => {
    const base = ruleModel(() => note);
    const written = await rationales(base, pairs);
    expect(base.asked[0]?.prefix).toEqual(["wewil er.", "\n\n"]);
    expect([written.prompts, written.separator]).toEqual([[""], "\n\n"]);
    await rationales(base, pairs, { separator: " – " });
    expect(base.asked.at(-1)?.prefix?.[1]).toBe(" – ");
  });

  it("refuse options that do not exist, and what is not a list of pairs", () => {
    const options = { max_new_tokens: 20 } as object;
    expect(() => rationales(modelWith(), pairs, options)).toThrow('It is called "maxTokens" here');
    const read = { items: pairs, bad: [] } as unknown as Pair[];
    expect(() => rationales(modelWith(), read)).toThrow("Give the items of what was read");
    expect(() => radis([] as never, { lambda: 2 } as object)).toThrow('It is called "weight" here');
  });

  it("are written for a share of the pairs; a larger share contains a smaller one", async () => {
    const many = Array.from({ length: 200 }, (_, at) => pair(`s ${at}`, `r ${at}`, "Velan"));
    const sourcesAt = async (share: number): Promise<string[]> => {
      const { items, counts } = await rationales(modelWith(), many, { prompt: "Note:", share });
      expect(counts).toMatchObject({ pairs: 200, written: items.filter((item) => item.status === "used").length });
      return items.flatMap((item) => (item.status === "used" ? [item.source] : []));
    };
    const [few, more] = [await sourcesAt(0.25), await sourcesAt(0.5)];
    expect([few.length > 30 && few.length < 70, more.length > 80 && more.length < 120]).toEqual([true, true]);
    expect(more).toEqual(expect.arrayContaining(few));
    const { samples } = radis(await rationales(modelWith(), many, { prompt: "Note:", share: 0.25 }), { weight: 1 });
    expect(samples.filter((sample) => sample.segments.length === 1).every((sample) => sample.endTurn)).toBe(true);
    expect(() => rationales(modelWith(), many, { prompt: "Note:", share: 2 })).toThrow(
      "must be between 0 and 1, not 2",
    );
  });

  it("that a filter rejects remain readable, and another filter needs no new rationales", async () => {
    const base = modelWith({ ended: false });
    const { items, counts } = await rationales(base, pairs, { prompt: "Note:", filter: ({ ended }) => ended });
    expect([items[0]?.status, items[0]?.text, items[1]?.status, counts.filtered]).toEqual([
      "filtered",
      note,
      "used",
      1,
    ]);
    await rationales(base, pairs, { prompt: "Note:", filter: ({ text }) => text.length > 500 });
    expect(base.calls).toBe(1);
  });

  it("depend on the seed only if they are sampled", async () => {
    const base = modelWith();
    await rationales(base, pairs, { prompt: "Note:", temperature: 0.6, topP: 0.9, seed: 1 });
    await rationales(base, pairs, { prompt: "Note:", temperature: 0.6, topP: 0.9, seed: 2 });
    expect(base.calls).toBe(2);
    await rationales(base, pairs, { prompt: "Note:", seed: 1 });
    await rationales(base, pairs, { prompt: "Note:", seed: 2 });
    expect(base.calls).toBe(3);
  });

  it("are saved as JSONL", async () => {
    await saveRationales(await rationales(modelWith(), pairs, { prompt: "Note:" }), "out/rationales.jsonl");
    const written = String(host.files.get("out/rationales.jsonl")).trimEnd().split("\n");
    expect(written.map((line) => JSON.parse(line))[1]).toMatchObject({
      ...pairs[1],
      prompt: "Note:",
      text: note,
      status: "used",
    });
  });

  it("are cached one by one, per model, prompt and length; an added pair costs one rationale", async () => {
    const base = modelWith();
    const first = await rationales(base, pairs, { prompt: "Note:" });
    expect(await rationales(base, pairs, { prompt: "Note:" })).toEqual(first);
    expect((await rationales(base, pairs.slice(1), { prompt: "Note:" })).items).toEqual(first.items.slice(1));
    expect(base.asked.length).toBe(4);
    await rationales(base, [pair("The bird runs.", "fuf er.", "Velan"), ...pairs], { prompt: "Note:" });
    expect(base.asked.length).toBe(5);
    await rationales(base, pairs, { prompt: ["Note:", "Fact:"] });
    expect(base.asked.length).toBe(7);
    await rationales(base, pairs, { prompt: "Note:", separator: "\n\n" });
    await rationales(base, pairs, { prompt: "Note:", maxTokens: 40 });
    await rationales({ ...base, digest: "another" }, pairs, { prompt: "Note:" });
    expect(base.asked.length).toBe(19);
  });

  it("are restored from the workspace in another process; a damaged file is written again", async () => {
    const [intact, damaged] = [modelWith(), modelWith()];
    await rationales(intact, pairs, { prompt: "Note:" });
    await rationales(damaged, pairs, { prompt: "Note:" });
    const [first, second] = [...host.files].map(([path, content]) => ({ path, content: String(content) }));

    vi.resetModules();
    const tomorrow = (await import("../bare-host.ts")).bareHost();
    const { rationales: again } = await import("../../../cells/method/rationales.ts");
    await tomorrow.writeFile(first!.path, first!.content);
    await tomorrow.writeFile(second!.path, `${second!.content.split("\n")[0]}\n{"text": " A c`);
    expect((await again(intact, pairs, { prompt: "Note:" })).items[0]?.text).toBe(note);
    expect((await again(damaged, pairs, { prompt: "Note:" })).items[0]?.text).toBe(note);
    expect([intact.calls, damaged.calls]).toEqual([1, 2]);
  });
});

describe("RaDis", () => {
  it("records which model wrote the rationales, how long, and how they were drawn, also before they are written", async () => {
    const options = { maxTokens: 40, share: 0.5, temperature: 0.6, topP: 0.9, seed: 3 };
    const writer = modelWith();
    const pending = rationales(writer, pairs, options);
    const by = { model: writer.name, ...options };
    expect(radis(pending).config).toMatchObject({ rationalesBy: by });
    const { config } = radis(await pending);
    expect(config).toMatchObject({ rationalesBy: by, rationaleWeights: writer.digest });
    expect(radis(rationales(writer, pairs)).config).toMatchObject({
      rationalesBy: { model: writer.name, maxTokens: 256, share: 1, seed: host.seed },
    });
  });

  it("learns the plain concatenation of translation, separator and rationale by default", async () => {
    const method = radis(await rationales(modelWith(), pairs));
    expect(method.samples[0]?.segments.map(({ text, weight }) => [text, weight])).toEqual([
      ["wewil er.", 1],
      ["\n\n", 1],
      [note, 1],
    ]);
    expect(method.per).toBe("token");
    expect((["translation", "separator", "rationale"] as const).map((role) => method.weight(role))).toEqual([1, 1, 1]);
    const heavy = radis(await rationales(modelWith(), pairs), { weight: 3 });
    expect((["translation", "separator", "rationale"] as const).map((role) => heavy.weight(role))).toEqual([1, 3, 3]);
  });

  it("per role takes the prompt as context without loss", async () => {
    const method = radis(await rationales(modelWith(), pairs, { prompt: "Note:" }), { weight: 2, per: "role" });
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

  it("learns no end of turn after a cut-off rationale, and only the translation of a pair without a rationale", async () => {
    const base = modelWith({ text: "" }, { ended: false });
    const { samples } = radis(await rationales(base, pairs, { prompt: "Note:" }), { weight: 1 });
    expect(samples.map((sample) => [sample.segments.length, sample.endTurn])).toEqual([
      [1, true],
      [3, false],
      [3, true],
      [3, true],
    ]);
  });

  it("as a task asks for the rationale in a second turn", async () => {
    const method = radis(await rationales(modelWith(), pairs.slice(0, 1), { prompt: "Note:" }), {
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
    const withoutPrompt = await rationales(modelWith(), pairs, { prompt: "" });
    expect(() => radis(withoutPrompt, { weight: 1, as: "task" })).toThrow("need a prompt");
  });

  it("with KL uses the divergence from the base instead of the rationale's NLL", async () => {
    const weight = { value: 2 };
    const method = radis(await rationales(modelWith(), pairs, { prompt: "Note:" }), { weight, objective: "kl" });
    expect([method.weight("rationale"), method.weight("translation")]).toEqual([0, 1]);
    expect(method.divergence).toEqual({ role: "rationale", weight });
    expect(method.knobs).toEqual({ weight });
  });

  it("reads a live weight at each step and declares it as a knob", async () => {
    const knob = { value: 2 };
    const method = radis(await rationales(modelWith(), pairs, { prompt: "Note:" }), { weight: knob });
    knob.value = 0.5;
    expect(method.weight("rationale")).toBe(0.5);
    expect(method.knobs).toEqual({ weight: knob });
    expect(method.config).toMatchObject({ weight: 2, prompts: ["Note:"] });
  });
});
