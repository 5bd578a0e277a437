// %% [markdown]
// # Your own method
//
// A method is a name, samples, and the weight of each role. This one is plain fine-tuning with a penalty: at every token of
// the translation, KL(base ‖ tuned) keeps the model close to what the base would have predicted. How strong should the penalty be?

// %% setup
import { chatModel, evaluate, input, lora, type Method, Plot, report, rows, train, vanilla, world } from "palimpsest";

const base = await chatModel("tiny-chat", { encoding: "pieces" });
const velan = await world.corpus("velan", { train: 400, test: 20 });
const steps = input.number("steps", { value: 120, min: 1, step: 1 });
const penalty = input.live.range("penalty", { min: 0, max: 2, value: 0.2 });

// %% method
const plain = vanilla(velan.train);
const regularised: Method = {
  ...plain,
  name: "regularised",
  divergence: { role: "translation", weight: penalty },
  config: { ...plain.config, penalty: penalty.value },
  knobs: { penalty },
};

// %% trainings
const pace = { learningRate: 0.005, warmup: 20, floor: 0.1, betas: [0.9, 0.99] } as const;
const runs = [plain, regularised].map((method) => train(base, { method, adapter: lora({ rank: 16 }), steps, ...pace }));

// %% curve
Plot.plot({ marks: [Plot.lineY(rows(...runs), { x: "step", y: "translation", stroke: "method" })] });

// %% results
const test = { translation: velan.test, ...world.evaluation() };
const before = await evaluate(base, { method: "base", ...test });
const evaluations = [before];
for (const run of runs) {
  await run.finished;
  evaluations.push(await evaluate(run.model, { method: run.method, base: before, ...test }));
}
report(evaluations, { columns: world.columns });
