// %% [markdown]
// # A method of one's own
//
// A method is a name, samples, and the weight of each role. This one keeps plain fine-tuning on a leash: at every token
// of the translation it is also held to what the base would have said, by KL(base ‖ tuned). How long is the leash?

// %% setup
import { chatModel, corpus, evaluate, input, lora, type Method, Plot, report, rows, train, vanilla } from "palimpsest";

const base = await chatModel("tiny-chat");
const velan = await corpus("velan", { train: 400, test: 20 });
const steps = input.number("steps", { value: 120, min: 1, step: 1 });
const leash = input.live.range("leash", { min: 0, max: 2, value: 0.2 });

// %% method
const plain = vanilla(velan.train);
const leashed: Method = {
  ...plain,
  name: "leashed",
  divergence: { role: "translation", weight: leash },
  config: { ...plain.config, leash: leash.value },
  knobs: { leash },
};

// %% trainings
const runs = [plain, leashed].map((method) => train(base, { method, adapter: lora({ rank: 16 }), steps }));

// %% curve
Plot.plot({ marks: [Plot.lineY(rows(...runs), { x: "step", y: "translation", stroke: "method" })] });

// %% results
const before = await evaluate(base, { method: "base", pairs: velan.test });
const results = [before];
for (const run of runs) {
  await run.finished;
  results.push(await evaluate(run.model, { method: run.method, pairs: velan.test, base: before }));
}
report(results);
