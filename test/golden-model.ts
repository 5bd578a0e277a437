/** Checks one reference model: compares its results with those of PyTorch, transformers and PEFT, each with its largest allowed error. */
import * as tf from "@tensorflow/tfjs";
import { type Adapter, adapterVocabulary, disposeAdapter, holdAdapter } from "../cells/model/adapter.ts";
import { readAdapter, writeAdapter } from "../cells/model/adapter-files.ts";
import type { Decoder } from "../cells/model/decoder.ts";
import { continueAll } from "../cells/model/generate.ts";
import { tokenNll } from "../cells/model/nll.ts";
import { layOut } from "../cells/model/target-rows.ts";
import { lossCoefficients } from "../cells/train/step/loss.ts";
import { optimizer } from "../cells/train/step/optimizer.ts";
import { gradients, update } from "../cells/train/step/update.ts";
import {
  type Golden,
  goldenAdapter,
  goldenDecoder,
  goldenLogits,
  goldenNumbers,
  goldenSamples,
  peftName,
} from "./cells/model/golden.ts";
import type { Check } from "./golden-result.ts";

const perToken = { per: "token", weight: () => 1 } as const;

export async function* checkModel(folder: string): AsyncGenerator<Check> {
  const golden = await goldenNumbers(folder);
  const decoder = await goldenDecoder(folder);
  try {
    yield { name: "family", error: decoder.config.family === golden.family ? 0 : 1, limit: 0 };
    yield* checkBase(decoder, golden);
    const adapter = await goldenAdapter(decoder, `${folder}/adapter`);
    const trained = await goldenAdapter(decoder, `${folder}/adapter-trained`);
    yield* checkAdapter(decoder, adapter, golden);
    yield* checkSteps(decoder, adapter, trained, golden);
    yield { name: "logits with adapter-trained", error: await trainedError(decoder, trained, golden), limit: 2e-4 };
    disposeAdapter(adapter);
    disposeAdapter(trained);
  } finally {
    tf.dispose([decoder.frequencies, ...decoder.weights.values()]);
  }
}

async function* checkBase(decoder: Decoder, golden: Golden): AsyncGenerator<Check> {
  const batch = layOut(goldenSamples(golden));
  const logits = await goldenLogits(decoder, undefined, batch);
  const places = golden.logits.map((row, at) => gap(logits[at]!.slice(0, row.length).flat(), row.flat()));
  const rows = golden.attention_mask.map((mask) => mask.reduce((sum, bit) => sum + bit, 0));
  const complete = rows.every((length, at) => length === golden.logits[at]!.length);
  yield { name: "logits", error: complete ? Math.max(...places) : Number.POSITIVE_INFINITY, limit: 2e-4 };

  const coefficients = lossCoefficients([batch], perToken)[0]!.nll;
  const nll = await read(() => tokenNll(decoder, undefined, batch));
  const loss = nll.reduce((sum, value, at) => sum + value * coefficients[at]!, 0);
  yield {
    name: "labels",
    error: mislabelled(golden.ids, golden.labels) + mislabelled(golden.lora.ids, golden.lora.labels),
    limit: 0,
  };
  yield { name: "weighted nll", error: Math.abs(loss - golden.weighted_nll), limit: 1e-5 };

  const { prompt, tokens, smallest_margin } = golden.greedy;
  const options = { maxTokens: tokens.length, stopTokens: new Set<number>(), label: undefined };
  const [continued] = await continueAll(decoder, undefined, [prompt], options);
  yield {
    name: "greedy tokens",
    error: tokens.filter((token, at) => token !== continued!.tokens[at]).length,
    limit: 0,
  };
  const said = layOut([{ ids: [...prompt, ...tokens], spans: [] }]);
  const margins = (await goldenLogits(decoder, undefined, said))[0]!.slice(prompt.length - 1, -1).map(margin);
  yield { name: "greedy margin", error: Math.abs(Math.min(...margins) - smallest_margin), limit: 4e-4 };
}

async function* checkAdapter(decoder: Decoder, adapter: Adapter, golden: Golden): AsyncGenerator<Check> {
  const { lora } = golden;
  const vocabulary = adapterVocabulary(adapter) ?? decoder.config.vocabulary;
  yield { name: "vocabulary", error: Math.abs(vocabulary - lora.vocab_size), limit: 0 };
  const again = await readAdapter(decoder.config, await writeAdapter(adapter, "golden"), "what was written");
  const kept = await gapOfTensors(adapter.tensors, again.tensors);
  disposeAdapter(again);
  yield { name: "adapter written and read", error: kept, limit: 0 };

  const batch = layOut(goldenSamples(golden, lora));
  const found = await gradients({ decoder, adapter, parameters: adapter.tensors }, [batch], perToken);
  const byName = new Map([...found.gradients].map(([name, gradient]) => [peftName(name), gradient]));
  yield { name: "loss with adapter", error: Math.abs(found.loss - lora.loss), limit: 1e-5 };
  const names = new Set([...byName.keys(), ...Object.keys(lora.grad_norms)]);
  const unmatched = [...names].filter((name) => !byName.has(name) || !(name in lora.grad_norms));
  yield { name: "gradient names", error: unmatched.length, limit: 0 };
  let worst = 0;
  for (const [name, norm] of Object.entries(lora.grad_norms)) {
    const gradient = byName.get(name);
    if (gradient) worst = Math.max(worst, relative((await read(() => tf.norm(gradient)))[0]!, norm));
  }
  yield { name: "gradient norms", error: worst, limit: 1e-3 };
  const sampled = byName.get(lora.grad_sample.name);
  const sample = sampled ? await sampled.data() : [];
  const largest = Math.max(1e-9, ...lora.grad_sample.values.map(Math.abs));
  // The reference has seven decimals, which limits the precision for small gradients.
  const error = Math.max(0, gap([...sample], lora.grad_sample.values) - 5e-8) / largest;
  yield { name: "gradient sample", error, limit: 1e-3 };
  tf.dispose([...byName.values()]);
}

async function* checkSteps(
  decoder: Decoder,
  adapter: Adapter,
  trained: Adapter,
  golden: Golden,
): AsyncGenerator<Check> {
  let stepped = await takeSteps(decoder, adapter, golden);
  let note: string | undefined;
  if (Math.max(stepped.loss, stepped.norm, stepped.logits) > 1e-3) {
    const open = undecided(stepped.first, stepped.after, await valuesOf(trained.tensors), golden);
    if (open.length > 0) {
      stepped = await takeSteps(decoder, adapter, golden, open);
      note = `first steps that rounding decides, taken as PyTorch took them: ${open.map(({ name, at }) => `${name}[${at}]`).join(", ")}`;
    }
  }
  yield { name: "losses of the steps", error: stepped.loss, limit: 1e-3, note };
  yield { name: "gradient norms of the steps", error: stepped.norm, limit: 1e-3, note };
  yield { name: "logits after the steps", error: stepped.logits, limit: 1e-3, note };
}

/** An element of a tensor, and the difference between PyTorch's first step and ours there. */
type Turn = { readonly name: string; readonly at: number; readonly by: number };
type Values = ReadonlyMap<string, Float32Array>;

/** Ten steps of AdamW from the adapter's values: the errors, the first gradient, and the values after the steps. */
async function takeSteps(decoder: Decoder, adapter: Adapter, golden: Golden, turns: readonly Turn[] = []) {
  const { lr, betas, eps, weight_decay, clip, loss_and_grad_norm } = golden.lora.adamw;
  const config = { beta1: betas[0], beta2: betas[1], eps, weightDecay: weight_decay, clip };
  const copy = holdAdapter(adapter);
  const batch = layOut(goldenSamples(golden, golden.lora));
  const learner = { decoder, adapter: copy, parameters: copy.tensors, optimizer: optimizer(copy.tensors, config) };
  const { gradients: begin } = await gradients(learner, [batch], perToken);
  const first = await valuesOf(begin);
  tf.dispose([...begin.values()]);
  let [lossError, normError] = [0, 0];
  for (const [step, [loss, norm]] of loss_and_grad_norm.entries()) {
    const measured = await update(learner, [batch], perToken, lr);
    if (step === 0) for (const turn of turns) await shift(copy, turn);
    lossError = Math.max(lossError, relative(measured.loss, loss));
    normError = Math.max(normError, relative(measured.gradNorm, norm));
  }
  learner.optimizer.dispose();
  const result = { loss: lossError, norm: normError, logits: await trainedError(decoder, copy, golden), first };
  const after = await valuesOf(copy.tensors);
  disposeAdapter(copy);
  return { ...result, after };
}

/**
 * Adam's first step has the size lr and the sign of the gradient, however small the gradient is. If the gradient of an element is smaller
 * than the rounding error of the sum that it comes from, the order of summation decides the sign. Then even PyTorch on another CPU (or in
 * float64) differs from the reference by more than the limit. The trained adapter shows which sign PyTorch had.
 */
function undecided(first: Values, after: Values, trained: Values, golden: Golden): Turn[] {
  return [...first].flatMap(([name, gradient]) => {
    const rounding = 1e-6 * gradient.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
    const wanted = trained.get(name)!;
    const most = 2 * golden.lora.adamw.lr;
    return [...gradient.keys()]
      .filter((at) => gradient[at] !== 0 && Math.abs(gradient[at]!) < rounding)
      .map((at) => ({ name, at, by: Math.max(-most, Math.min(most, wanted[at]! - after.get(name)![at]!)) }));
  });
}

async function shift({ tensors }: Adapter, { name, at, by }: Turn): Promise<void> {
  const before = tensors.get(name)!;
  const values = (await before.data<"float32">()).slice();
  values[at]! += by;
  before.dispose();
  tensors.set(name, tf.tensor(values, before.shape));
}

async function valuesOf(tensors: ReadonlyMap<string, tf.Tensor>): Promise<Values> {
  const read = [...tensors].map(async ([name, tensor]): Promise<[string, Float32Array]> => {
    return [name, (await tensor.data<"float32">()).slice()];
  });
  return new Map(await Promise.all(read));
}

/** Row 0, position 16. */
async function trainedError(decoder: Decoder, adapter: Adapter, golden: Golden): Promise<number> {
  const logits = await goldenLogits(decoder, adapter, layOut(goldenSamples(golden, golden.lora)));
  return gap(logits[0]![16]!, golden.lora.trained_logits_row);
}

async function read(compute: () => tf.Tensor): Promise<Float32Array> {
  const tensor = tf.tidy(compute);
  const values = (await tensor.data()) as Float32Array;
  tensor.dispose();
  return values;
}

async function gapOfTensors(a: ReadonlyMap<string, tf.Tensor>, b: ReadonlyMap<string, tf.Tensor>): Promise<number> {
  if ([...a.keys()].sort().join() !== [...b.keys()].sort().join()) return Number.POSITIVE_INFINITY;
  const [first, second] = [await valuesOf(a), await valuesOf(b)];
  const gaps = [...first].map(([name, values]) => gap([...values], [...second.get(name)!]));
  return Math.max(...gaps);
}

/** The largest difference; infinite if the lengths differ or a value is NaN. */
function gap(found: readonly number[], wanted: readonly number[]): number {
  if (found.length !== wanted.length) return Number.POSITIVE_INFINITY;
  const worst = wanted.reduce((worst, value, at) => Math.max(worst, Math.abs(value - found[at]!)), 0);
  return Number.isNaN(worst) ? Number.POSITIVE_INFINITY : worst;
}

/** The floor avoids a division by zero for gradients that are zero in both. */
function relative(found: number, wanted: number): number {
  return Math.abs(found - wanted) / Math.max(Math.abs(wanted), 1e-9);
}

/** The number of labels that are not the token at the same place, which is what Palimpsest learns there. */
function mislabelled(ids: number[][], labels: number[][]): number {
  return labels.flatMap((row, at) => row.filter((label, t) => label >= 0 && label !== ids[at]![t])).length;
}

/** The difference between the highest and the second highest logit of a row. */
function margin(logits: readonly number[]): number {
  const [first = 0, second = 0] = [...logits].sort((a, b) => b - a);
  return first - second;
}
