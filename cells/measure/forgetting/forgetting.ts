/**
 * Forgetting as a quantity that moves before the first answer is wrong: how much less likely, in nats per token, a text has
 * become than it was to the base. The text is the expected general answers of the world, or whatever a user calls general:
 * plain texts, conversations.
 */
import type { ChatModel } from "../../contracts.ts";
import type { Sample } from "../../types.ts";
import type { Question } from "../../world/measure/questions.ts";

/** Mean −ln p per token over the samples' segments: the cross-entropy in nats, every token counting alike; 0 of none. */
export async function crossEntropy(model: ChatModel, samples: readonly Sample[]): Promise<number> {
  const scored = await model.nll(samples);
  const nll = scored.reduce((sum, each) => sum + each.nll, 0);
  const tokens = scored.reduce((sum, each) => sum + each.tokens, 0);
  return nll / Math.max(1, tokens);
}

/** The expected answers to questions, end of turn included. */
export const answerSamples = (questions: readonly Question[]): Sample[] =>
  questions.map(({ prompt, answer }) => ({
    prompt,
    segments: [{ role: "answer", origin: "data", text: answer, weight: 1 }],
    endTurn: true,
  }));

/** Plain texts without a conversation around them, as in a model's pre-training. */
export const textSamples = (texts: readonly string[]): Sample[] =>
  texts.map((text) => ({
    prompt: [],
    segments: [{ role: "text", origin: "data", text, weight: 1 }],
    endTurn: false,
  }));
