/**
 * Checks a whole step of RaDis with PyTorch, transformers and PEFT: the ids and the role of each token of the rendered conversations,
 * the loss of the batch, each role's NLL, and the gradients of all LoRA matrices, as one batch, as two micro-batches and packed.
 */
import { readFile } from "node:fs/promises";
import * as tf from "@tensorflow/tfjs";
import { radis } from "../cells/method/radis.ts";
import type { Rationale } from "../cells/method/rationale.ts";
import { countRationales } from "../cells/method/rationale-counts.ts";
import { disposeAdapter } from "../cells/model/adapter.ts";
import { readAdapter } from "../cells/model/adapter-files.ts";
import { type BaseModel, chatModel } from "../cells/model/chat-model.ts";
import type { EncodedSample } from "../cells/model/encoded-sample.ts";
import { encodeSample } from "../cells/model/encoding.ts";
import { openSafetensorsBytes, type SafetensorsFile } from "../cells/model/safetensors.ts";
import { microBatches } from "../cells/train/step/batches.ts";
import { gradients } from "../cells/train/step/update.ts";
import type { Normalisation } from "../cells/types.ts";
import { peftName } from "./cells/model/golden.ts";
import type { Check } from "./golden-result.ts";

/** `roles` of each token; null for the prompt. The gradients of case k are in gradients.safetensors, as `k.` and PEFT's name. */
type Golden = {
  readonly separator: string;
  readonly items: readonly Pick<Rationale, "instruction" | "reference" | "text" | "ended" | "status">[];
  readonly samples: readonly { readonly ids: number[]; readonly roles: (string | null)[] }[];
  readonly cases: readonly {
    readonly per: Normalisation;
    readonly weight: number;
    readonly loss: number;
    readonly means: Readonly<Record<string, number>>;
  }[];
};

export async function* checkRadis(folder: string): AsyncGenerator<Check> {
  const golden = JSON.parse(await readFile(`${folder}/golden.json`, "utf8")) as Golden;
  const base = await chatModel(folder);
  try {
    yield* checkCases(base, golden, folder);
  } finally {
    tf.dispose([base.decoder.frequencies, ...base.decoder.weights.values()]);
  }
}

async function* checkCases(base: BaseModel, golden: Golden, folder: string): AsyncGenerator<Check> {
  const wanted = await openSafetensorsBytes(await readFile(`${folder}/gradients.safetensors`), folder);
  const adapter = await readAdapter(
    base.decoder.config,
    {
      config: await readFile(`${folder}/adapter/adapter_config.json`, "utf8"),
      weights: await readFile(`${folder}/adapter/adapter_model.safetensors`),
    },
    folder,
  );
  const learner = { decoder: base.decoder, adapter, parameters: adapter.tensors };
  const ways = { batch: { batch: 4 }, accumulated: { batch: 2 }, packed: { batch: 4, packing: true } };
  for (const [at, { per, weight, loss, means }] of golden.cases.entries()) {
    const name = `per ${per}, weight ${weight}`;
    const method = radis(rationalesOf(golden), { per, weight });
    const samples = method.samples.map((sample) => encodeSample(base.tokenizer, sample));
    yield { name: `${name}: ids`, error: different(samples.map(idsOf), golden.samples.map(idsOf)), limit: 0 };
    const roles = golden.samples.map((sample) => sample.roles.map((role) => learntRole(role, per)).join());
    yield { name: `${name}: roles`, error: different(samples.map(rolesOf), roles), limit: 0 };
    for (const [way, settings] of Object.entries(ways)) {
      const found = await gradients(learner, microBatches(samples, settings), method);
      yield { name: `${name}, ${way}: loss`, error: Math.abs(found.loss - loss), limit: 1e-5 * loss };
      yield { name: `${name}, ${way}: NLL of each role`, error: gapOfMeans(found.means, means), limit: 1e-5 };
      const error = await worstGradient(found.gradients, wanted, `${at}.`);
      yield { name: `${name}, ${way}: gradients`, error, limit: 1e-3 };
      tf.dispose([...found.gradients.values()]);
    }
  }
  disposeAdapter(adapter);
}

function rationalesOf({ items, separator }: Golden) {
  const complete = items.map((item): Rationale => {
    return { ...item, source: item.instruction, from: "A", to: "B", prompt: "", tokens: 0 };
  });
  return { items: complete, prompts: [""], separator, counts: countRationales(complete) };
}

const idsOf = ({ ids }: { readonly ids: readonly number[] }): string => ids.join();

/** With `per: "role"` the separator is context. */
const learntRole = (role: string | null, per: Normalisation): string =>
  role === null || (per === "role" && role === "separator") ? "" : role;

function rolesOf({ ids, spans }: EncodedSample): string {
  return ids.map((_, at) => spans.find(({ from, to }) => from <= at && at < to)?.role ?? "").join();
}

function different(found: readonly string[], wanted: readonly string[]): number {
  if (found.length !== wanted.length) return Number.POSITIVE_INFINITY;
  return wanted.filter((each, at) => each !== found[at]).length;
}

function gapOfMeans(found: Readonly<Record<string, number>>, wanted: Readonly<Record<string, number>>): number {
  if (Object.keys(found).sort().join() !== Object.keys(wanted).sort().join()) return Number.POSITIVE_INFINITY;
  return Math.max(...Object.entries(wanted).map(([role, mean]) => Math.abs(found[role]! - mean)));
}

/** The largest error of an element, relative to the largest element of its matrix. */
async function worstGradient(
  found: ReadonlyMap<string, tf.Tensor>,
  golden: SafetensorsFile,
  prefix: string,
): Promise<number> {
  const names = [...golden.names].filter((name) => name.startsWith(prefix));
  if (names.length !== found.size) return Number.POSITIVE_INFINITY;
  let worst = 0;
  for (const [name, gradient] of found) {
    const full = prefix + peftName(name);
    if (!names.includes(full)) return Number.POSITIVE_INFINITY;
    const [values, wanted] = [await gradient.data<"float32">(), (await golden.read(full)).values];
    const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const gap = wanted.reduce((most, value, at) => Math.max(most, Math.abs(value - values[at]!)), 0);
    if (!(largest > 0) || Number.isNaN(gap)) return Number.POSITIVE_INFINITY;
    worst = Math.max(worst, gap / largest);
  }
  return worst;
}
