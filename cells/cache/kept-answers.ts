/**
 * A model whose answers are kept on disk, one by one, as they are written. The same question to the same model with the same
 * settings is answered once, whatever else is asked with it.
 */
import { answersDigest } from "../answers-digest.ts";
import type {
  ChatModel,
  Completion,
  GenerateOptions,
  HeldModel,
  PhaseControl,
  Prompt,
  SampleNll,
} from "../contracts.ts";
import { sha256 } from "../digest.ts";
import { host } from "../host.ts";
import { Speed } from "../speed.ts";
import type { Sample } from "../types.ts";
import { type Shelf, withShelf } from "./shelf.ts";

/** Samples whose likelihood is computed between two saves, at most. */
const SAMPLES = 256;

type Progress = PhaseControl["progress"];

/**
 * @param step names the files, such as `rationales`
 * @param progress gets the progress of calls with a label, with speed and time left. Default: the calling cell
 */
export function keptAnswers(model: ChatModel, step: string, progress: Progress = inCell): ChatModel {
  return {
    ...model,
    generate: (prompts, options) => withHeld(model, (held) => generated(held, step, prompts, options, progress)),
    nll: (samples) => withHeld(model, (held) => likelihoods(held, step, samples)),
    ...(model.hold && {
      hold: (): HeldModel => {
        const held = model.hold!();
        return { ...keptAnswers(held, step, progress), release: held.release };
      },
    }),
  };
}

const inCell: Progress = (label, done, total) => host().progress(label, done, total);

/** A training may change the weights while the model works: what is kept belongs to the weights that it works with. */
async function withHeld<T>(model: ChatModel, work: (held: ChatModel) => Promise<T>): Promise<T> {
  const held = model.hold?.();
  try {
    return await work(held ?? model);
  } finally {
    held?.release();
  }
}

async function generated(
  model: ChatModel,
  step: string,
  prompts: readonly Prompt[],
  options: GenerateOptions,
  progress: Progress,
): Promise<Completion[]> {
  const { onText, onCompletion, pace, label, numbers, ...deciding } = options;
  const isSampled = (deciding.temperature ?? 0) > 0;
  const { seed = host().seed, ...settings } = deciding;
  const key = { model: await answersDigest(model), ...settings, ...(isSampled && { seed }) };
  const names = await namesOf(
    prompts.map((prompt, at) => [prompt, numbers?.[at]] as const),
    isSampled,
  );
  return withShelf<Completion, Completion[]>(step, key, async (kept) => {
    const found = names.map((name) => kept.get(name));
    const speed = new Speed();
    let done = 0;
    const set = (at: number, completion: Completion): void => {
      found[at] = completion;
      done += 1;
      onCompletion?.(completion, at);
    };
    for (const [at, completion] of found.entries()) {
      if (!completion) continue;
      onText?.(completion.text, at);
      set(at, completion);
    }
    const report = (): void => {
      if (label !== undefined) progress(speed.label(label, done, names.length), done, names.length);
    };
    report();
    /** The places of each text that is to be written: equal prompts have the same. */
    const missing = [...placesOf(names)].filter(([name]) => !kept.get(name));
    const written = (completion: Completion, index: number): void => {
      const [name, places] = missing[index]!;
      if (found[places[0]!]) return;
      kept.add(name, completion);
      speed.add(places.length, completion.tokens);
      for (const at of places) set(at, completion);
      report();
    };
    if (missing.length === 0) return found as Completion[];
    const completions = await model.generate(
      missing.map(([, [at]]) => prompts[at!]!),
      {
        ...settings,
        seed,
        numbers: missing.map(([name, [at]]) => numbers?.[at!] ?? drawNumber(name)),
        onCompletion: written,
        ...(pace && { pace }),
        ...(onText && { onText: (piece, index) => missing[index]![1].forEach((at) => void onText(piece, at)) }),
      },
    );
    // A model of the user may not call `onCompletion`.
    for (const [index, completion] of completions.entries()) written(completion, index);
    return found as Completion[];
  });
}

async function likelihoods(model: ChatModel, step: string, samples: readonly Sample[]): Promise<SampleNll[]> {
  const names = await namesOf(samples, false);
  const key = { model: await answersDigest(model) };
  return withShelf(`${step}-nll`, key, async (kept: Shelf<SampleNll>) => {
    const missing = [...new Map(names.map((name, at) => [name, samples[at]!]))].filter(([name]) => !kept.get(name));
    for (let from = 0; from < missing.length; from += SAMPLES) {
      const part = missing.slice(from, from + SAMPLES);
      const values = await model.nll(part.map(([, sample]) => sample));
      for (const [at, [name]] of part.entries()) kept.add(name, values[at]!);
    }
    return names.map((name) => kept.get(name)!);
  });
}

function placesOf(names: readonly string[]): Map<string, readonly number[]> {
  const places = new Map<string, number[]>();
  for (const [at, name] of names.entries()) {
    const known = places.get(name);
    if (known) known.push(at);
    else places.set(name, [at]);
  }
  return places;
}

/** The names of items by their content. @param isSampled each of several equal items is drawn separately, so each has its own name */
async function namesOf(items: readonly unknown[], isSampled: boolean): Promise<string[]> {
  const seen = new Map<string, number>();
  return Promise.all(
    items.map((item) => {
      const text = JSON.stringify(item);
      const count = seen.get(text) ?? 0;
      seen.set(text, count + 1);
      return sha256(isSampled && count > 0 ? `${text} ${count}` : text);
    }),
  );
}

/** So the draws of an item do not depend on its place. 48 bits of its name. */
const drawNumber = (name: string): number => Number.parseInt(name.slice(0, 12), 16);
