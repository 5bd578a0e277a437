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
  const counts = {
    steps,
    batch,
    accumulate,
    maxLength,
    blocks,
    packing: typeof packing === "number" ? packing : undefined,
  };
  for (const [name, value] of Object.entries({ ...counts, checkpointEvery: options.checkpointEvery }))
    check(name, value, Number.isInteger(value) && value! >= 1, "a whole number of at least 1");
  check("epochs", epochs, Number.isFinite(epochs) && epochs! > 0, "a number above 0");
  const atLeast0 = { warmup, weightDecay, clip, ...(typeof learningRate === "number" && { learningRate }) };
  for (const [name, value] of Object.entries(atLeast0))
    check(name, value, Number.isFinite(value) && value >= 0, "a number of at least 0");
  check("warmup", warmup, warmup < 1 || Number.isInteger(warmup), "a whole number of steps, or a share below 1");
  check("floor", floor, floor >= 0 && floor <= 1, "a number from 0 to 1");
  check("eps", eps, eps > 0, "a number above 0");
  for (const beta of betas) check("betas", beta, beta >= 0 && beta < 1, "two numbers from 0 to below 1");
  checkOneOf("schedule", schedule, ["constant", "linear", "cosine"]);
  checkOneOf("overlong", overlong, ["truncate", "drop", "refuse"]);
  for (const [name, length] of Object.entries({ maxLength, blocks })) {
    const fits = `at most ${positions}, the model's positions`;
    check(name, length, (length ?? 1) <= positions, fits);
  }
  const row = counts.packing ?? maxLength;
  check(
    "blocks",
    blocks,
    (blocks ?? 1) <= Math.min(row, maxLength),
    "at most maxLength, and packing if that is a number",
  );
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

function check(name: string, value: unknown, holds: boolean, wanted: string): void {
  if (value === undefined || holds) return;
  throw new Error(`train(…): "${name}" must be ${wanted}, not ${value}.`);
}

function checkOneOf(name: string, value: string, known: readonly string[]): void {
  check(name, `"${value}"`, known.includes(value), known.map((each) => `"${each}"`).join(" or "));
}
