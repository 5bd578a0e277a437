/**
 * RaDis, rationale distillation (Wu et al., https://arxiv.org/abs/2410.13944). The base model writes a rationale after
 * each reference translation, and the model learns both:
 *
 *   L = NLL(translation | request) + w · NLL(rationale | request, translation)
 *
 * The rationales come from the base's own distribution, so learning them keeps its general abilities without data of
 * earlier trainings. The separator and the rationale prompt are context without loss. The end of the turn belongs to
 * the rationale; it is not learnt if the rationale was cut off. A pair without a rationale is learnt as in vanilla
 * fine-tuning.
 *
 * Two variants: the rationale as a task of its own in the next turn (RDRec, https://arxiv.org/abs/2405.10587); and
 * KL(base ‖ tuned) on the rationale's tokens instead of their NLL, which keeps the base's whole distribution and not
 * only the tokens that it chose.
 */
import type { Method } from "../contracts.ts";
import type { Live } from "../host.ts";
import type { Message, Normalisation, Sample, Segment } from "../types.ts";
import type { Rationale } from "./rationale.ts";
import type { Rationales } from "./rationales.ts";

export type RadisOptions = {
  /**
   * w, the weight of the rationales in the loss; a change of a live input acts from the next step on. Per role, 2 acts
   * like about 0.25 per token, because a rationale is several times as long as a translation. The paper's loss is
   * `{ weight: 1, per: "token" }`.
   */
  readonly weight: number | Live<number>;
  /**
   * `"role"`: mean NLL of each role, so lengths do not count. `"token"`: mean over all target tokens, as in the paper.
   * Default: `"role"`.
   */
  readonly per?: Normalisation;
  /**
   * `"continuation"`: after the translation in the same turn. `"task"`: as the answer to the rationale prompt in the
   * next turn. Default: `"continuation"`.
   */
  readonly as?: "continuation" | "task";
  /**
   * What to learn of a rationale: `"nll"`, its tokens; `"kl"`, the base's distribution at each token. Default: `"nll"`.
   */
  readonly objective?: "nll" | "kl";
};

/** @throws if a rationale without a prompt is to be a task of its own */
export function radis(
  rationales: Rationales,
  { weight, per = "role", as = "continuation", objective = "nll" }: RadisOptions,
): Method {
  const knob: Live<number> = typeof weight === "number" ? { value: weight } : weight;
  if (as === "task" && rationales.prompts.includes(""))
    throw new Error('Rationales as a task need a prompt that asks for them: rationales(…, { prompt: "Note:" }).');
  return {
    name: "radis",
    per,
    samples: rationales.items.flatMap((item) => samples(item, rationales.separator, as)),
    weight: (role, read = (each) => each.value) => {
      if (role !== "rationale") return 1;
      return objective === "kl" ? 0 : read(knob);
    },
    ...(objective === "kl" && { divergence: { role: "rationale", weight: knob } }),
    config: {
      pairs: rationales.items.length,
      per,
      as,
      objective,
      weight: knob.value,
      prompts: rationales.prompts,
      separator: rationales.separator,
      rationales: rationales.counts,
    },
    knobs: { weight: knob },
  };
}

function samples(item: Rationale, separator: string, as: "continuation" | "task"): Sample[] {
  const request: Message = { role: "user", content: item.instruction };
  const translation: Segment = { role: "translation", origin: "data", text: item.reference, weight: 1 };
  const rationale: Segment = { role: "rationale", origin: "base", text: item.text, weight: 1 };
  const translationOnly: Sample = { prompt: [request], segments: [translation], endTurn: true };
  if (item.status !== "used") return [translationOnly];
  switch (as) {
    case "continuation": {
      const context: Segment = { role: "separator", origin: "rule", text: `${separator}${item.prompt}`, weight: 0 };
      return [{ prompt: [request], segments: [translation, context, rationale], endTurn: item.ended }];
    }
    case "task": {
      const prompt: Message[] = [
        request,
        { role: "assistant", content: item.reference },
        { role: "user", content: item.prompt },
      ];
      // The chat template adds the space before the turn.
      const answer = { ...rationale, text: item.text.trimStart() };
      return [translationOnly, { prompt, segments: [answer], endTurn: item.ended }];
    }
  }
}
