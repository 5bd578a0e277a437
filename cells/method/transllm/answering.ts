/**
 * A TransLLM speaks in several parts, and a user wants to read one of them. This is the model as its user meets it: asked
 * in either language, it gives the last part, with broken chains mended. As it is a chat model like any other, every
 * measure and every probe takes it.
 */
import type { ChatModel, Completion, GenerateOptions, Probe, Prompt } from "../../contracts.ts";
import type { Message, Segment } from "../../types.ts";
import { sourceHistory } from "./samples.ts";
import { mended, readTurn, type Turn } from "./segments.ts";
import type { ChainTokens } from "./tokens.ts";

export type AnsweringOptions = {
  /**
   * What a turn of the one piece `<EN> …` is taken for: the beginning of a chain that lost its next token (chat), or a
   * translation that was asked for. The pieces alone do not tell.
   */
  readonly alone?: "question" | "translation";
};

export type WholeTurn = Turn & {
  /** All that was written, tokens included. */
  readonly text: string;
  readonly tokens: number;
  readonly ended: boolean;
  /** The tokens that were missing and put in. */
  readonly mended: readonly string[];
};

/** Two other languages' worth of tokens stand before the answer. */
const chainFactor = 3;

/** One turn per prompt, whole; `maxTokens` counts the last part. All prompts are answered together, and all broken ones again. */
export async function chainTurns(
  model: ChatModel,
  tokens: ChainTokens,
  prompts: readonly Prompt[],
  { alone = "question", ...options }: GenerateOptions & AnsweringOptions,
): Promise<WholeTurn[]> {
  const settings = { ...options, maxTokens: options.maxTokens * chainFactor };
  const written = await model.generate(prompts, settings);
  const turns = written.map((each) => ({ ...each, mended: [] as string[] }));
  // A chain has two tokens after its first, so what is still broken after two rounds stays so.
  for (let round = 0; round < 2; round += 1) {
    const broken = turns.flatMap((turn, index) => {
      const beginning = mended(tokens, turn.text, alone);
      return beginning === undefined ? [] : [{ turn, prompt: prompts[index]!, beginning }];
    });
    if (broken.length === 0) break;
    const continued = await model.generate(
      broken.map(({ prompt, beginning }) => ({ ...prompt, prefix: [beginning.text] })),
      settings,
    );
    for (const [at, { turn, beginning }] of broken.entries()) {
      const more: Completion = continued[at]!;
      turn.text = beginning.text + more.text;
      turn.tokens += more.tokens;
      turn.ended = more.ended;
      turn.mended.push(beginning.missing);
    }
  }
  return turns.map((turn) => ({ ...turn, ...readTurn(tokens, turn.text) }));
}

/** The model that gives answers without what led to them. Earlier turns are to be in the source language. */
export function answering(model: ChatModel, tokens: ChainTokens, { alone }: AnsweringOptions = {}): ChatModel {
  return {
    name: model.name,
    digest: model.digest,
    async generate(prompts, options) {
      const asked = prompts.map((prompt) => ({ ...prompt, messages: sourceHistory(tokens, prompt.messages) }));
      const turns = await chainTurns(model, tokens, asked, { ...options, ...(alone && { alone }) });
      return turns.map(({ answer, tokens: count, ended }) => ({ text: answer, tokens: count, ended }));
    },
    // A given answer is one in the source language, and as likely as it is after the token that opens such answers.
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

/** Probes that ask the model as its user would, for `run.every(…)`. */
export const asUser = (tokens: ChainTokens, ...probes: readonly Probe[]): Probe[] =>
  probes.map(({ name, measure }) => ({ name, measure: (model) => measure(answering(model, tokens)) }));

export type Conversation = {
  /** Asks in either language. */
  say(question: string): Promise<WholeTurn>;
  /** What the model is given to remember: earlier questions and answers, in the source language where a turn had them there. */
  readonly history: readonly Message[];
};

/**
 * A conversation of several turns. The model was taught single turns, so it carries what it knows best: the question and
 * the answer of earlier turns in the source language.
 */
export function conversation(model: ChatModel, tokens: ChainTokens, { maxTokens = 64 } = {}): Conversation {
  const history: Message[] = [];
  return {
    history,
    async say(question) {
      const messages = [...sourceHistory(tokens, history), { role: "user", content: question } as const];
      const [turn] = await chainTurns(model, tokens, [{ messages }], { maxTokens });
      const { sourceQuestion = question, sourceAnswer = turn!.answer } = turn!;
      history.push({ role: "user", content: sourceQuestion }, { role: "assistant", content: sourceAnswer });
      return turn!;
    },
  };
}
