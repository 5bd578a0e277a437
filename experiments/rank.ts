// %% [markdown]
// # Rank and weight: capacity against forgetting
//
// With a higher rank, an adapter can learn more of the new language, but it also forgets more of the old abilities. The weight
// of the rationales works against forgetting. Here every rank is trained with every weight on the same sentences and
// rationales; weight 0 is plain fine-tuning.

// %% setup code=folded
import {
  chatModel,
  evaluate,
  input,
  lora,
  Plot,
  probeRows,
  radis,
  rationales,
  report,
  show,
  table,
  train,
  world,
} from "palimpsest";

// %% model
const base = await chatModel("tiny-chat", { encoding: "pieces" });
const velan = await world.corpus("velan", { train: 600, test: 40 });
const test = { translation: velan.test, ...world.evaluation() };
const before = await evaluate(base, { method: "base", ...test });

// %% rationales
const written = await rationales(base, velan.train, { prompt: "Note:", maxTokens: 80 });
table([written.counts]);

// %% knobs outputs=grid
const ranks = input.many("LoRA ranks", { options: ["1", "2", "4", "8", "16", "32", "64"], value: ["2", "8", "32"] });
const weights = input.many("rationale weights", { options: ["0", "0.5", "1", "2", "4"], value: ["0", "2"] });
const steps = input.number("steps", { value: 150, min: 1, step: 1 });
const learningRate = input.number("learning rate", { value: 0.005, min: 0, step: 0.001 });

// %% [markdown]
// The trainings run one after the other, each with two probes. The adapter is scaled by α/r with α = 2r. The scale is the same for
// all ranks, so only the rank changes.

// %% trainings
const watch = [world.probes.translation(velan.test), world.probes.general()];
const points: { rank: number; weight: number; chrf: number; general: number; forgetting: number; refusal: number }[] =
  [];
const runs: ReturnType<typeof train>[] = [];
for (const rank of ranks.map(Number)) {
  for (const weight of weights.map(Number)) {
    const run = train(base, {
      method: radis(written, { weight, per: "role" }),
      adapter: lora({ rank }),
      steps,
      learningRate,
      warmup: 20,
      floor: 0.1,
      betas: [0.9, 0.99],
    });
    runs.push(run.every(50, ...watch));
    await run.finished;
    const { result } = await evaluate(run.model, { method: "radis", base: before, ...test });
    const { chrf, general, forgetting, refusal } = result;
    points.push({ rank, weight, chrf, general, forgetting, refusal });
  }
}

// %% [markdown]
// ## The cost of learning more
//
// Each point is one trained adapter. The further right, the better it translates; the higher up, the more of the general questions
// it still answers.

// %% tradeoff code=folded outputs=grid
const color = { type: "ordinal" as const, legend: true, label: "rationale weight" };
show(
  Plot.plot({
    color,
    grid: true,
    x: { label: "chrF of Velan translations" },
    y: { label: "general questions answered", domain: [0, 1] },
    marks: [
      Plot.line(points, { x: "chrf", y: "general", stroke: "weight", z: "weight", sort: "rank" }),
      Plot.dot(points, { x: "chrf", y: "general", fill: "weight", r: 5, tip: true }),
      Plot.text(points, { x: "chrf", y: "general", text: "rank", dy: -12 }),
    ],
  }),
  Plot.plot({
    color,
    grid: true,
    x: { type: "log", label: "LoRA rank" },
    y: { label: "forgetting: general accuracy lost", domain: [0, 1] },
    marks: [Plot.lineY(points, { x: "rank", y: "forgetting", stroke: "weight", z: "weight", marker: true, tip: true })],
  }),
);

// %% while-training code=folded
Plot.plot({
  grid: true,
  y: { label: "general questions answered", domain: [0, 1] },
  marks: [Plot.lineY(probeRows(...runs), { x: "step", y: "general", stroke: "run", marker: true })],
});

// %% results
report([
  {
    method: "base",
    rank: 0,
    weight: 0,
    chrf: before.result.chrf,
    general: before.result.general,
    forgetting: 0,
    refusal: before.result.refusal,
  },
  ...points.map((point) => ({ method: `rank ${point.rank}, weight ${point.weight}`, ...point })),
]);
