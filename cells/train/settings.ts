/** The settings of a training: its options with their defaults, checked before anything begins. */
import type { Overlong } from "./data/length-rule.ts";
import type { Schedule } from "./step/schedule.ts";
import type { TrainOptions } from "./train-options.ts";

/** Everything that decides the numbers, except the data, the adapter, the seed and the peak learning rate. */
export type Settings = {
  readonly batch: number;
  readonly accumulate: number;
  readonly packing: boolean | number;
  readonly maxLength: number;
  readonly overlong: Overlong;
  readonly blocks: number | undefined;
  readonly schedule: Schedule["shape"];
  readonly warmup: number;
  readonly floor: number;
  readonly weightDecay: number;
  readonly betas: readonly [number, number];
  readonly eps: number;
  readonly clip: number;
};

/** @param positions of the model. @throws naming the option that is out of range */
export function settingsOf(options: TrainOptions, positions: number): Settings {
  const { batch = 16, accumulate = 1, packing = false, blocks, overlong = "truncate" } = options;
  const { maxLength = positions, schedule = "linear", warmup = 0.03, floor = 0, clip = 1 } = options;
  const { weightDecay = 0, betas = [0.9, 0.999], eps = 1e-8, learningRate = 0, steps, epochs } = options;
  if ((steps === undefined) === (epochs === undefined))
    throw new Error(
      `train(…): give "steps" or "epochs"${steps === undefined ? "." : ", not both."} ` +
        "An epoch is as many steps as it takes to learn each sample once.",
    );
  const counts = { steps, batch, accumulate, maxLength, blocks, packing: packing === true ? 1 : packing || 1 };
  for (const [name, value] of Object.entries({ ...counts, checkpointEvery: options.checkpointEvery }))
    require(name, value, Number.isInteger(value) && value! >= 1, "a whole number of at least 1");
  require("epochs", epochs, Number.isFinite(epochs) && epochs! > 0, "a number above 0");
  const atLeast0 = { warmup, weightDecay, clip, ...(typeof learningRate === "number" && { learningRate }) };
  for (const [name, value] of Object.entries(atLeast0))
    require(name, value, Number.isFinite(value) && value >= 0, "a number of at least 0");
  require("warmup", warmup, warmup < 1 || Number.isInteger(warmup), "a whole number of steps, or a share below 1");
  require("floor", floor, floor >= 0 && floor <= 1, "a number from 0 to 1");
  require("eps", eps, eps > 0, "a number above 0");
  for (const beta of betas) require("betas", beta, beta >= 0 && beta < 1, "two numbers from 0 to below 1");
  requireOneOf("schedule", schedule, ["constant", "linear", "cosine"]);
  requireOneOf("overlong", overlong, ["truncate", "drop", "refuse"]);
  for (const [name, length] of Object.entries({ maxLength, blocks })) {
    const fits = `at most ${positions}, the model's positions`;
    require(name, length, (length ?? 1) <= positions, fits);
  }
  const lengths = { batch, accumulate, packing, maxLength, overlong, blocks };
  return { ...lengths, schedule, warmup, floor, weightDecay, betas, eps, clip };
}

/** How many samples a training by epochs draws. @param samples in an epoch */
export function totalSamples({ epochs }: TrainOptions, samples: number): number {
  return epochs === undefined ? Number.POSITIVE_INFINITY : Math.max(1, Math.round(epochs * samples));
}

/** @param samples in an epoch */
export function stepCount(options: TrainOptions, { batch, accumulate }: Settings, samples: number): number {
  return options.steps ?? Math.ceil(totalSamples(options, samples) / (batch * accumulate));
}

/** The steps of the warm-up. */
export function warmupSteps({ warmup }: Pick<Settings, "warmup">, steps: number): number {
  return warmup < 1 ? Math.ceil(warmup * steps - 1e-9) : warmup;
}

function require(name: string, value: unknown, holds: boolean, wanted: string): void {
  if (value === undefined || holds) return;
  throw new Error(`train(…): "${name}" must be ${wanted}, not ${value}.`);
}

function requireOneOf(name: string, value: string, known: readonly string[]): void {
  require(name, `"${value}"`, known.includes(value), known.map((each) => `"${each}"`).join(" or "));
}
