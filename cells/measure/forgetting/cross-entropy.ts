/**
 * Cross-entropy of given texts. It measures forgetting before the first answer is wrong: how much less likely, in nats per
 * token, a text has become than it was to the base. The text can be the expected answers to tasks, plain texts or conversations.
 */
import type { ChatModel, SampleNll } from "../../contracts.ts";
import type { Sample } from "../../types.ts";
import type { AnswerTask } from "../tasks/task.ts";

/** The mean −ln p per token of the samples' segments, in nats. All tokens count equally; 0 if there are no samples. */
export const crossEntropy = async (model: ChatModel, samples: readonly Sample[]): Promise<number> =>
  meanNll(await model.nll(samples));

/** The summed NLL ÷ the number of tokens, in nats per token. */
export function meanNll(scored: readonly SampleNll[]): number {
  const nll = scored.reduce((sum, each) => sum + each.nll, 0);
  const tokens = scored.reduce((sum, each) => sum + each.tokens, 0);
  return nll / Math.max(1, tokens);
}

/** The expected answers to tasks, each with its end of turn. */
export const answerSamples = (tasks: readonly Pick<AnswerTask, "prompt" | "answer">[]): Sample[] =>
  tasks.map(({ prompt, answer }) => ({
    prompt,
    segments: [{ role: "answer", origin: "data", text: answer, weight: 1 }],
    endTurn: true,
  }));

/** Plain texts without a conversation around them, as in pre-training. */
export const textSamples = (texts: readonly string[]): Sample[] =>
  texts.map((text) => ({
    prompt: [],
    segments: [{ role: "text", origin: "data", text, weight: 1 }],
    endTurn: false,
  }));
