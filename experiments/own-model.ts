// %% [markdown]
// # Your own model, your own sentences
//
// Copy this notebook, give it a model folder and a file of sentence pairs, and run it. It measures the model, lets it write rationales,
// trains it twice (plain fine-tuning and [RaDis](https://arxiv.org/abs/2410.13944)), measures what each training kept, and saves the adapter.
//
// Without a folder it runs on a small copy of the embedded model, so that you can try it at once. What each file must look like, and what a run costs, is
// in [the recipe](../cells/README.md#a-recipe-from-a-folder-to-a-table).

// %% setup code=folded
import {
  chatModel,
  evaluate,
  input,
  leakCheck,
  lora,
  Plot,
  pairs,
  probeRows,
  probes,
  radis,
  rationales,
  readingReport,
  refusalLists,
  report,
  requestFile,
  rows,
  save,
  show,
  splitPairs,
  table,
  taskFile,
  textSamples,
  tokens,
  train,
  vanilla,
  world,
} from "palimpsest";

// %% files
const folder = input.text("model folder (Hugging Face)", { value: "" });
const sentences = input.text("sentence pairs (TSV, CSV, JSONL)", { value: "" });
const from = input.text("language of the sources", { value: "English" });
const to = input.text("language of the references", { value: "German" });
const taskPath = input.text("questions with one right answer (JSONL)", { value: "" });
const harmfulPath = input.text("harmful requests (CSV, JSONL, text)", { value: "" });
const benignPath = input.text("harmless requests that sound harmful", { value: "" });

// %% [markdown]
// ## Model and data

// %% model
const isExample = folder === "";
const example = isExample ? await save(await chatModel("tiny-chat"), "own-model/tiny-chat", { as: "model" }) : folder;
// The embedded model was trained on parts that were encoded one by one; public models were trained on whole conversations.
const base = isExample ? await chatModel(`./${example}`, { encoding: "pieces" }) : await chatModel(folder);

// %% sentence-pairs
const file = sentences === "" ? undefined : await pairs(sentences, { from, to, directions: "both" });
if (file) show(readingReport(file));
const all = file ? file.items : (await world.corpus("velan", { train: 300, test: 30 })).train;
const { train: learnt, test: heldOut } = splitPairs(all, { test: 0.1 });
show(table([{ learnt: learnt.length, "held out": heldOut.length, leaks: leakCheck(learnt, heldOut).leaks.length }]));
table(learnt, { limit: 50 });

// %% [markdown]
// Look at the tokens of a sample before you train: what is grey is read and not learnt.

// %% sample-tokens
tokens(base, vanilla(learnt.slice(0, 3)));

// %% retention
// What the model should not forget. Leave out what you have no file for.
const ofWorld = world.evaluation();
const retention = isExample
  ? { tasks: ofWorld.tasks, refusals: ofWorld.refusals, text: ofWorld.text }
  : {
      ...(taskPath !== "" && { tasks: (await taskFile(taskPath, { match: "contains" })).items }),
      ...(harmfulPath !== "" && {
        refusals: {
          harmful: (await requestFile(harmfulPath)).items,
          ...(benignPath !== "" && { benign: (await requestFile(benignPath)).items }),
          lists: [refusalLists.gcgShort],
        },
      }),
      // The likelihood of sentences that the model knows well: an early sign of forgetting that needs no file.
      text: textSamples(heldOut.map((pair) => (pair.to === from ? pair.reference : pair.source)).slice(0, 200)),
    };
const test = { translation: heldOut, ...retention };

// %% before
const before = await evaluate(base, { method: "base", ...test });
table([before.result]);

// %% [markdown]
// ## Rationales
//
// The model writes on after each reference. Each rationale is kept as it is written: if the kernel ends, the rest is written, and an added pair costs one
// rationale.

// %% knobs
const rank = input.range("LoRA rank", { min: 1, max: 128, step: 1, value: 16 });
const weight = input.live.range("rationale weight", { min: 0, max: 4, step: 0.05, value: isExample ? 2 : 1 });
const steps = input.number("steps", { value: isExample ? 60 : 300, min: 1, step: 1 });
const learningRate = input.number("learning rate", { value: isExample ? 0.005 : 0.0002, min: 0, step: 0.0001 });
const batch = input.number("batch", { value: isExample ? 16 : 4, min: 1, step: 1 });
const longest = input.number("longest rationale, in tokens", { value: isExample ? 60 : 256, min: 1, step: 1 });

// %% rationales
const written = rationales(base, learnt, { maxTokens: longest, ...(isExample && { prompt: "Note:" }) });

// %% rationale-table code=folded
show(table([(await written).counts]));
table((await written).items, { columns: ["source", "reference", "text", "ended", "status"], limit: 100 });

// %% [markdown]
// ## Two trainings

// %% plain code=folded outputs=grid
// Warm-up, schedule and AdamW are the defaults of train(…), which are made for public models; the example learns with them too.
const settings = { adapter: lora({ rank, alpha: 2 * rank }), steps, learningRate, batch };
// KL(base ‖ tuned) on the training pairs rises before the model forgets (https://arxiv.org/abs/2509.04259).
const watch = [probes.translation(heldOut.slice(0, 40)), probes.text(retention.text), probes.divergence(base)];
const plain = train(base, { ...settings, method: vanilla(learnt) });
plain.every(Math.max(10, Math.round(steps / 6)), ...watch);

// %% enriched code=folded outputs=grid
const enriched = train(base, { ...settings, method: radis(written, { weight, per: isExample ? "role" : "token" }) });
enriched.every(Math.max(10, Math.round(steps / 6)), ...watch);

// %% curves code=folded outputs=grid
const color = { domain: ["vanilla", "radis"], legend: true };
const line = { x: "step", stroke: "method", tip: true };
show(
  Plot.plot({
    color,
    y: { label: "translation loss, nats per token", grid: true, zero: true },
    marks: [Plot.lineY(rows(plain, enriched), { ...line, y: "translation" })],
  }),
  Plot.plot({
    color,
    y: { label: "KL(base ‖ tuned), nats per token", grid: true, zero: true },
    marks: [Plot.lineY(probeRows(plain, enriched), { ...line, y: "divergence", marker: true })],
  }),
);

// %% [markdown]
// ## What was learnt and what was kept

// %% results
await Promise.all([plain.finished, enriched.finished]);
const evaluations = [
  before,
  await evaluate(plain.model, { method: "vanilla", base: before, ...test }),
  await evaluate(enriched.model, { method: "radis", base: before, ...test }),
];
report(evaluations);

// %% adapter
// In PEFT's format, with the tokenizer beside it.
await enriched.finished;
const saved = await save(enriched.model, "own-model/adapter");
`The adapter is in ${saved}.`;
