/**
 * A TransLLM turn has several parts, of which the user reads the last. This is the model as its user sees it: it
 * accepts both languages, repairs incomplete chains and returns the last part. It is a chat model like any other, so
 * every measure and probe accepts it.
 */
import type { ChatModel, GenerateOptions, Probe, Prompt } from "../../contracts.ts";
import type { Segment } from "../../types.ts";
import { sourceHistory } from "./samples.ts";
import type { ChainTokens } from "./tokens.ts";
import { parseTurn, repair, type SourceOnly, type Turn } from "./turns.ts";

export type FinalAnswerOptions = {
  /** How to take a turn `<EN> …` without further tokens, which alone does not show what it is. Default: `"chain"`. */
  readonly sourceOnly?: SourceOnly;
};

export type GeneratedTurn = Turn & {
  /** The complete text, special tokens included. */
  readonly text: string;
  readonly tokens: number;
  readonly ended: boolean;
  /** The tokens that were missing and have been inserted. */
  readonly repairs: readonly string[];
};

/**
 * A chain has about three times as many tokens as its answer: question and answer in the source language precede it.
 */
const CHAIN_FACTOR = 3;
/** A chain has two tokens after its first one, so it can need two repairs. */
const MAX_REPAIRS = 2;

/**
 * Generates one complete turn per prompt. All prompts are generated in one batch, and all incomplete chains are
 * continued in one batch.
 * @param options `maxTokens` is for the last part
 */
export async function chainTurns(
  model: ChatModel,
  tokens: ChainTokens,
  prompts: readonly Prompt[],
  { sourceOnly = "chain", ...options }: GenerateOptions & FinalAnswerOptions,
): Promise<GeneratedTurn[]> {
  const settings = { ...options, maxTokens: options.maxTokens * CHAIN_FACTOR };
  const generated = await model.generate(prompts, settings);
  const turns = generated.map((completion) => ({ ...completion, repairs: [] as string[] }));
  for (let round = 0; round < MAX_REPAIRS; round += 1) {
    const incomplete = turns.flatMap((turn, index) => {
      const found = repair(tokens, turn.text, sourceOnly);
      return found ? [{ turn, prompt: prompts[index]!, ...found }] : [];
    });
    if (incomplete.length === 0) break;
    const continuations = await model.generate(
      incomplete.map(({ prompt, prefix }) => ({ ...prompt, prefix: [prefix] })),
      settings,
    );
    for (const [index, { turn, prefix, missing }] of incomplete.entries()) {
      const continuation = continuations[index]!;
      turn.text = prefix + continuation.text;
      turn.tokens += continuation.tokens;
      turn.ended = continuation.ended;
      turn.repairs.push(missing);
    }
  }
  return turns.map((turn) => ({ ...turn, ...parseTurn(tokens, turn.text) }));
}

/** The model that returns only the last part of its turns. Earlier turns of a prompt must be in the source language. */
export function finalAnswers(model: ChatModel, tokens: ChainTokens, options: FinalAnswerOptions = {}): ChatModel {
  return {
    name: model.name,
    digest: model.digest,
    state: async () => JSON.stringify([await model.state?.(), "final answers", tokens, options]),
    ...(model.hold && {
      hold: () => {
        const held = model.hold!();
        return { ...finalAnswers(held, tokens, options), release: held.release };
      },
    }),
    async generate(prompts, generateOptions) {
      const asked = prompts.map((prompt) => ({ ...prompt, messages: sourceHistory(tokens, prompt.messages) }));
      // A turn is whole only after its repair.
      const { onCompletion: _, numbers: __, ...settings } = generateOptions;
      const turns = await chainTurns(model, tokens, asked, { ...settings, ...options });
      return turns.map(({ answer, tokens: count, ended }) => ({ text: answer, tokens: count, ended }));
    },
    // The given answers are in the source language, so their NLL is computed after `<RESPONSE>`.
    nll: (samples) =>
      model.nll(
        samples.map((sample) => {
          if (sample.prompt.length === 0) return sample;
          const opening: Segment = { role: "separator", origin: "rule", text: tokens.response, weight: 0 };
          const [first, ...rest] = sample.segments;
          const segments = first ? [opening, { ...first, text: ` ${first.text}` }, ...rest] : [];
          return { ...sample, prompt: sourceHistory(tokens, sample.prompt), segments };
        }),
      ),
  };
}

/** Probes that measure the final answers, for `run.every(…)`. */
export const finalAnswerProbes = (tokens: ChainTokens, ...probes: readonly Probe[]): Probe[] =>
  probes.map(({ name, measure }) => ({ name, measure: (model) => measure(finalAnswers(model, tokens)) }));
