/** What is checked of the samples before the first step: lengths, targets, blocks of plain texts. */
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Method } from "../../../../cells/contracts.ts";
import { chatModel } from "../../../../cells/model/chat-model.ts";
import { lora } from "../../../../cells/model/lora.ts";
import { type TrainOptions, train } from "../../../../cells/train/train.ts";
import type { Sample } from "../../../../cells/types.ts";
import { useBackend } from "../../model/backend.ts";
import { collectWarnings, SmallRuns, samples } from "../run/small-runs.ts";

let small: SmallRuns;
let warned: readonly string[];
beforeAll(() => useBackend("wasm"));
beforeEach(async () => {
  small = await SmallRuns.open();
  const warnings = collectWarnings();
  warned = warnings.warned;
  return () => {
    warnings.restore();
    small.host.end();
  };
});

const long: Sample = {
  prompt: [{ role: "user", content: "hello" }],
  segments: [{ role: "translation", origin: "data", text: "river time ".repeat(100), weight: 1 }],
  endTurn: true,
};
const text = (words: string): Sample => ({
  prompt: [],
  segments: [{ role: "text", origin: "data", text: words, weight: 1 }],
  endTurn: true,
});
const method = (list: readonly Sample[], rest: Partial<Method> = {}): Method => ({
  ...{ name: "t", per: "token", weight: () => 1, config: {}, knobs: {} },
  samples: list,
  ...rest,
});
const start = (list: readonly Sample[], options: Partial<TrainOptions> = {}) =>
  small.start({ method: method(list), steps: 2, ...options });
const counts = () => small.host.runs.at(-1)!.prepared.data as Record<string, unknown>;

describe("a sample that is too long", () => {
  it("is cut to the model's positions by default, which is counted and said", async () => {
    const run = await start([...samples, long]).finished;
    expect(run.rows.length).toBe(2);
    expect(counts()).toMatchObject({ samples: 9, truncated: 1, dropped: 0 });
    expect(warned[0]).toBe(
      "train(…): of 9 samples, 1 were cut, and have no end of turn. They are longer than 128 tokens (maxLength).",
    );
    await start([long], { maxLength: 20, batch: 1 }).finished;
    expect(counts()).toMatchObject({ tokens: 20, templateTargets: 0 });
  });

  it("is left out, or refused by its number before the first step", async () => {
    await start([...samples, long], { overlong: "drop" }).finished;
    expect(counts()).toMatchObject({ samples: 8, truncated: 0, dropped: 1 });
    const refused = start([...samples, long], { overlong: "refuse" });
    await expect(refused.finished).rejects.toThrow(/^Sample 9 of 9 has \d+ tokens, but maxLength is 128\./);
    expect(refused.rows.length).toBe(0);
    await expect(start([long, long], { overlong: "drop" }).finished).rejects.toThrow(/All 2 samples are longer/);
  });

  it("for a packed row is reported before the first step", async () => {
    const run = start([...samples, long], { packing: 64, steps: 100 });
    await expect(run.finished).rejects.toThrow(
      "Sample 9 of 9 has 128 tokens, but a packed row has 64. Set packing to 128 or more, or maxLength to 64.",
    );
    expect(run.rows.length).toBe(0);
    expect((await start([...samples, long], { packing: 64, maxLength: 64 }).finished).rows.length).toBe(2);
  });

  it("does not change the epochs' count of what is left", async () => {
    const options = { steps: undefined as never, epochs: 1, batch: 4, overlong: "drop" } as const;
    const run = await start([...samples, long], options).finished;
    expect(run.rows.length).toBe(2);
  });

  it("is measured against a maxLength within the model's positions", () => {
    expect(() => start(samples, { maxLength: 129 })).toThrow(
      '"maxLength" must be at most 128, the model\'s positions, not 129.',
    );
  });
});

describe("targets", () => {
  it("must exist: a training whose roles all have the weight 0 does not start", async () => {
    const none = small.start({ method: method(samples, { weight: () => 0 }) });
    await expect(none.finished).rejects.toThrow(
      "No token of the samples is a target: the method's weight of every role is 0.",
    );
    await expect(start([]).finished).rejects.toThrow("There are no samples to train on.");
    const empty = { ...long, segments: [{ ...long.segments[0]!, text: "" }] };
    await expect(start([...samples, empty]).finished).rejects.toThrow(/^Sample 9 of 9: .*nothing to learn from/);
  });

  it("may be turned on by a knob, so that only a step can find that there are none", async () => {
    const knob = { value: 0 };
    const live = method(samples, { weight: (_, read = ({ value }) => value) => read(knob), knobs: { weight: knob } });
    await expect(small.start({ method: live, steps: 2 }).finished).rejects.toThrow(/failed at step 1: All targets/);
    const run = small.start({ method: live, steps: 2 });
    knob.value = 1;
    await run.finished;
    expect([run.status, run.rows.length]).toEqual(["done", 2]);
  });

  it("that the template writes are said when they are many; the token that ends a turn is not one of them", async () => {
    await start(samples).finished;
    expect(warned.join()).not.toMatch(/chat template/);
    const template = '{% for m in messages %}{{ m.role + ": " + m.content + " quick river " }}{% endfor %}';
    await small.host.writeFile("tiny-1-1/chat_template.jinja", template);
    const base = await chatModel("tiny-1-1");
    await train(base, { method: method(samples), adapter: lora({ rank: 1 }), steps: 1 }).finished;
    expect(warned.join()).toMatch(/\d+ % of the target tokens are text of the chat template after the answers/);
  });
});

describe("blocks of plain texts", () => {
  const texts = ["hello river", "what time", "see the name", "quick walks see", "time"].map(text);

  it("join texts with their end tokens, leave nothing out, and leave conversations alone", async () => {
    const { tokenizer } = small.base;
    await start([...texts, samples[0]!], { blocks: 6 }).finished;
    const each = texts.map((sample) => small.base.tokens(sample).length);
    const joined = each.reduce((sum, length) => sum + length, 0);
    const chat = small.base.tokens(samples[0]!).length;
    expect(counts()).toMatchObject({ samples: Math.ceil(joined / 6) + 1, tokens: joined + chat });
    expect(small.base.tokens(texts[0]!).at(-1)!.token).toBe(tokenizer.end);
  });

  it("must fit into what a sample may have", () => {
    expect(() => start(texts, { blocks: 20, maxLength: 10 })).toThrow(/"blocks" must be at most maxLength/);
    expect(() => start(texts, { blocks: 20, packing: 10 })).toThrow(/"blocks" must be at most maxLength/);
    expect(() => start(texts, { packing: 0 })).toThrow('"packing" must be a whole number of at least 1, not 0.');
    expect(() => start(texts, { blocks: 129 })).toThrow(/"blocks" must be at most 128, the model's positions/);
  });

  it("are the samples of an epoch", async () => {
    const joined = texts.reduce((sum, sample) => sum + small.base.tokens(sample).length, 0);
    const run = await start(texts, { blocks: 6, steps: undefined as never, epochs: 1, batch: 1 }).finished;
    expect(run.rows.length).toBe(Math.ceil(joined / 6));
  });
});
