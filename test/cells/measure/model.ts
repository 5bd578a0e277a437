/** A chat model that answers by rule, for tests of code that works with answers. */
import type { ChatModel, Prompt } from "../../../cells/contracts.ts";
import type { Sample } from "../../../cells/types.ts";

let models = 0;

export type RuleModel = ChatModel & { readonly asked: Prompt[]; readonly scored: Sample[] };

/** `answer` gives the text for a prompt. Every text ends its turn; its words count as tokens, each with an NLL of `nats`. */
export function ruleModel(answer: (prompt: Prompt, index: number) => string, nats = 1): RuleModel {
  const asked: Prompt[] = [];
  const scored: Sample[] = [];
  models += 1;
  return {
    name: "rules",
    digest: `rules ${models}`,
    asked,
    scored,
    generate: async (prompts) => {
      asked.push(...prompts);
      return prompts.map((prompt, i) => {
        const text = answer(prompt, i);
        return { text, tokens: text.split(" ").length, ended: true };
      });
    },
    nll: async (samples) => {
      scored.push(...samples);
      return samples.map((sample) => {
        const tokens = sample.segments.flatMap((segment) => segment.text.split(" ")).length;
        return { nll: nats * tokens, tokens };
      });
    },
  };
}

export const question = (prompt: Prompt): string => prompt.messages.at(-1)?.content ?? "";
