/**
 * RaDis, rationale distillation (https://arxiv.org/abs/2410.13944): the target is the reference translation followed by
 * the base's own remark on it. The remark comes from the base's distribution, so learning it holds the model to what it
 * was: replay without replay data.
 *
 *   loss = nll(translation) + w · nll(rationale)
 *
 * The separator and the style word are ours and not the model's; they are context without loss. The end of the turn belongs
 * to the rationale, and is left out where the rationale was cut off. A pair without a rationale is learnt as vanilla learns it.
 *
 * Two variants ask what of this does the work: the rationale as a task of its own, in a turn of its own (RDRec,
 * https://arxiv.org/abs/2405.10587); and KL(base ‖ tuned) on the rationale's tokens in place of their nll, which holds the
 * model to the base's whole distribution and not only to the words that it chose.
 */
import type { Method } from "../contracts.ts";
import type { Live } from "../inputs.ts";
import type { Message, Normalisation, Sample, Segment } from "../types.ts";
import type { Rationale, Rationales } from "./rationales.ts";

export type RadisOptions = {
  /**
   * Factor on the loss of the rationales; a live input acts from the next step on. Per role 2 is about 0.25 per token,
   * since a rationale is several times as long as a translation. The paper's loss is `{ weight: 1, per: "token" }`.
   */
  readonly weight: number | Live<number>;
  /** Means per role make the weight independent of lengths; per token is the paper's plain concatenation. */
  readonly per?: Normalisation;
  /** Where the rationale stands: behind the translation in the same turn, or as the answer to the style word in the next. */
  readonly as?: "continuation" | "task";
  /** What is learnt of the rationale: its words, or the base's distribution over them. */
  readonly objective?: "nll" | "kl";
};

/** @throws if rationales without a style word are to be a task: nothing would ask for them. */
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
  const asked: Message = { role: "user", content: item.instruction };
  const translation: Segment = { role: "translation", origin: "data", text: item.reference, weight: 1 };
  const rationale: Segment = { role: "rationale", origin: "base", text: item.text, weight: 1 };
  const plain: Sample = { prompt: [asked], segments: [translation], endTurn: true };
  if (item.use !== "kept") return [plain];
  switch (as) {
    case "continuation": {
      const between: Segment = { role: "separator", origin: "rule", text: `${separator}${item.prompt}`, weight: 0 };
      return [{ prompt: [asked], segments: [translation, between, rationale], endTurn: item.ended }];
    }
    case "task": {
      const turns: Message[] = [
        asked,
        { role: "assistant", content: item.reference },
        { role: "user", content: item.prompt },
      ];
      // The template begins a turn with a space of its own.
      const answer = { ...rationale, text: item.text.trimStart() };
      return [plain, { prompt: turns, segments: [answer], endTurn: item.ended }];
    }
  }
}
