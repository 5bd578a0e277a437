// %% [markdown]
// # Rank and weight: capacity against forgetting
//
// A higher rank gives the adapter more room to learn the new language, and more room to lose the old abilities. The
// weight of the rationales pulls the other way. Here every rank meets every weight on the same sentences and remarks;
// weight 0 is plain fine-tuning.

// %% setup code=folded
import {
  chatModel,
  corpus,
  evaluate,
  input,
  lora,
  Plot,
  probeRows,
  probes,
  radis,
  rationales,
  report,
  show,
  table,
  train,
} from "palimpsest";

// %% model
const base = await chatModel("tiny-chat");
const velan = await corpus("velan", { train: 600, test: 40 });
const before = await evaluate(base, { method: "base", pairs: velan.test });

// %% remarks
const remarks = await rationales(base, velan.train, { prompt: "Note:" });
table([remarks.counts]);

// %% knobs outputs=grid
const ranks = input.many("LoRA ranks", { options: ["1", "2", "4", "8", "16", "32", "64"], value: ["2", "8", "32"] });
const weights = input.many("rationale weights", { options: ["0", "0.5", "1", "2", "4"], value: ["0", "2"] });
const steps = input.number("steps", { value: 150, min: 1, step: 1 });
const learningRate = input.number("learning rate", { value: 0.005, min: 0, step: 0.001 });

// %% [markdown]
// One training after the other, each watched by two probes. The scale of the adapter is α/r with α = 2r, the same for
// all ranks, so that rank alone changes.

// %% trainings
const watch = [probes.translation(velan.test), probes.general()];
const points: { rank: number; weight: number; chrf: number; general: number; forgetting: number; refusal: number }[] =
  [];
const runs: ReturnType<typeof train>[] = [];
for (const rank of ranks.map(Number)) {
  for (const weight of weights.map(Number)) {
    const run = train(base, { method: radis(remarks, { weight }), adapter: lora({ rank }), steps, learningRate });
    runs.push(run.every(50, ...watch));
    await run.finished;
    const { chrf, general, forgetting, refusal } = await evaluate(run.model, {
      method: "radis",
      pairs: velan.test,
      base: before,
    });
    points.push({ rank, weight, chrf, general, forgetting, refusal });
  }
}

// %% [markdown]
// ## What it costs to learn more
//
// Each point is one trained adapter: to the right it translates better, further up it answers more of what it knew.

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
    chrf: before.chrf,
    general: before.general,
    forgetting: 0,
    refusal: before.refusal,
  },
  ...points.map((point) => ({ method: `rank ${point.rank}, weight ${point.weight}`, ...point })),
]);
