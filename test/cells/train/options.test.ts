/** The options of `train`, `lora` and `pretrain`: defaults, ranges, names. */
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { lora, loraScale } from "../../../cells/model/lora.ts";
import { type PretrainOptions, pretrain } from "../../../cells/train/pretrain.ts";
import { type TrainOptions, train } from "../../../cells/train/train.ts";
import { useBackend } from "../model/backend.ts";
import { collectWarnings, SmallRuns } from "./run/small-runs.ts";

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

const column = (run: { rows: Iterable<Record<string, number>> }, name: string): number[] =>
  [...run.rows].map((row) => row[name]!);

describe("the defaults", () => {
  it("suit real models, and are recorded", async () => {
    const run = await train(small.base, { method: small.method, adapter: lora({ rank: 8 }), steps: 100, batch: 1 })
      .finished;
    const rates = column(run, "learningRate");
    expect(rates.slice(0, 3).map((rate) => rate / 2e-4)).toEqual([1 / 3, 2 / 3, 1].map((x) => expect.closeTo(x, 9)));
    expect(rates.at(-1)).toBeCloseTo(0, 12);
    expect(small.host.runs[0]!.meta.config).toMatchObject({
      ...{ learningRate: 2e-4, betas: [0.9, 0.999], floor: 0, warmup: 0.03, clip: 1, alpha: 16, rank: 8 },
      ...{ maxLength: 128, overlong: "truncate" },
    });
    expect(loraScale(lora({ rank: 5 }))).toBe(2);
  });
});

describe("clip", () => {
  it("is turned off by 0: the steps are those of a limit that is never reached", async () => {
    const losses = async (clip: number) => column(await small.start({ clip }).finished, "loss");
    const free = await losses(0);
    expect(free).toEqual(await losses(1e9));
    expect(free.at(-1)).toBeLessThan(free[0]!);
    expect(free).not.toEqual(await losses(0.01));
  });

  it("must not be negative", () => {
    expect(() => small.start({ clip: -1 })).toThrow('train(…): "clip" must be a number of at least 0, not -1.');
  });
});

describe("warmup", () => {
  it("is a number of steps, or below 1 a share of them", async () => {
    const rates = async (warmup: number) => column(await small.start({ warmup }).finished, "learningRate");
    expect(await rates(0.25)).toEqual(await rates(3));
    expect((await rates(0))[0]).toBeGreaterThan((await rates(3))[0]!);
    expect(() => small.start({ warmup: 2.5 })).toThrow(/"warmup" must be a whole number of steps, or a share below 1/);
  });

  it("warns when it is as long as the training", async () => {
    await small.start({ steps: 4, warmup: 3 }).finished;
    const before = warned.length;
    expect(warned.join()).not.toMatch(/warm-up/);
    await small.start({ steps: 4, warmup: 4 }).finished;
    expect(warned.slice(before).join()).toMatch(/the warm-up has 4 steps and the training 4/);
  });
});

describe("epochs", () => {
  /** At a learning rate of 0, a sample always has the same loss. */
  const drawn = async (options: Partial<TrainOptions>): Promise<number[]> => {
    const frozen = { adapter: lora({ rank: 2 }), learningRate: 0, steps: undefined, batch: 1 } as unknown;
    const run = await small.start({ ...(frozen as Partial<TrainOptions>), ...options }).finished;
    return column(run, "loss").sort((a, b) => a - b);
  };

  it("learns each sample so many times; the number of steps follows", async () => {
    const once = await drawn({ epochs: 1 });
    expect(once.length).toBe(8);
    expect(new Set(once).size).toBe(8);
    expect(await drawn({ epochs: 2 })).toEqual(once.flatMap((loss) => [loss, loss]));
    expect((await drawn({ epochs: 0.5 })).length).toBe(4);
    const tokens = [...(await small.start({ epochs: 1.5, steps: undefined as never, batch: 5 }).finished).rows];
    expect(tokens.length).toBe(3);
    expect(small.host.runs.at(-1)!.meta).toMatchObject({ steps: 3, config: { epochs: 1.5 } });
  });

  it("stands beside steps: exactly one is given", () => {
    expect(() => small.start({ epochs: 1 })).toThrow(/give "steps" or "epochs", not both/);
    expect(() => small.start({ steps: undefined as never })).toThrow(/give "steps" or "epochs"\. An epoch/);
    expect(() => small.start({ steps: undefined as never, epochs: 0 })).toThrow(
      '"epochs" must be a number above 0, not 0.',
    );
  });
});

describe("an unknown option", () => {
  const hint = (start: (options: never) => unknown, options: object): string => {
    try {
      start(options as never);
    } catch (error) {
      return (error as Error).message;
    }
    return "accepted";
  };

  it.each([
    ["lr", "learningRate"],
    ["learning_rate", "learningRate"],
    ["num_train_epochs", "epochs"],
    ["max_steps", "steps"],
    ["max_seq_length", "maxLength"],
    ["max_length", "maxLength"],
    ["per_device_train_batch_size", "batch"],
    ["gradient_accumulation_steps", "accumulate"],
    ["max_grad_norm", "clip"],
    ["warmup_ratio", "warmup"],
    ["warmup_steps", "warmup"],
    ["weight_decay", "weightDecay"],
  ])("of train, %s, is refused with the right one, %s", (name, right) => {
    const message = hint((options) => small.start(options), { [name]: 1 });
    expect(message).toMatch(`train(…) has no option "${name}".`);
    expect(message).toMatch(`"${right}"`);
  });

  it.each([
    ["r", '"rank"'],
    ["lora_alpha", '"alpha"'],
    ["lora_dropout", '"dropout"'],
    ["target_modules", '"targets"'],
    ["modules_to_save", '"modulesToSave"'],
    ["use_rslora", '"rankStabilized"'],
    ["use_dora", "DoRA is not supported"],
    ["learningRate", "train(base, { learningRate: … })"],
  ])("of lora, %s, is refused with the right one, %s", (name, right) => {
    const message = hint(lora as never, { rank: 2, [name]: 1 });
    expect(message).toContain(`lora(…) has no option "${name}".`);
    expect(message).toContain(right);
  });

  it("of pretrain is refused before anything is made", () => {
    const message = hint((options) => pretrain(options as PretrainOptions), { max_steps: 3 });
    expect(message).toBe('pretrain(…) has no option "max_steps". It is called "steps" here.');
    expect(small.host.runs.length).toBe(0);
  });

  it("of the adapter is told to those who give it to train", () => {
    expect(hint((options) => small.start(options), { lora_alpha: 16 })).toContain("lora({ alpha: … })");
  });
});
