/**
 * RaDis, rationale distillation (Wu et al., https://arxiv.org/abs/2410.13944). The base model writes a rationale after
 * each reference translation, and the model learns both:
 *
 *   L = NLL(translation | request) + w · NLL(rationale | request, translation)
 *
 * The rationales come from the base's own distribution, so learning them keeps its general abilities without data of
 * earlier trainings. With `weight: 1, per: "token"`, the default, this is the NLL of the plain concatenation of both, as in
 * the paper: the separator and the rationale prompt are learnt with the rationale, since the model must go on by itself
 * after the translation. The end of the turn belongs to the rationale; it is not learnt if the rationale was cut off. A pair
 * without a rationale is learnt as in vanilla fine-tuning.
 *
 * Two variants: the rationale as a task of its own in the next turn (RDRec, https://arxiv.org/abs/2405.10587); and
 * KL(base ‖ tuned) on the rationale's tokens instead of their NLL, which keeps the base's whole distribution and not
 * only the tokens that it chose.
 */
import type { Method, PendingMethod, PhaseControl } from "../contracts.ts";
import type { Live } from "../inputs.ts";
import { requireKnown } from "../options.ts";
import type { Message, Normalisation, Sample, Segment } from "../types.ts";
import type { Rationale } from "./rationale.ts";
import type { PendingRationales, Rationales } from "./rationales.ts";

export type RadisOptions = {
  /**
   * w, the weight of the rationales in the loss; a change of a live input acts from the next step on. Per role, 2 acts
   * like about 0.25 per token, because a rationale is several times as long as a translation. Default: 1.
   */
  readonly weight?: number | Live<number>;
  /**
   * `"token"`: mean over all target tokens, as in the paper. `"role"`: mean NLL of each role, so lengths do not count.
   * Default: `"token"`.
   */
  readonly per?: Normalisation;
  /**
   * The text between translation and rationale: `"learnt"`, with the weight of the rationale, or `"context"` without loss. Default:
   * learnt per token, context per role, where two or three tokens would count as much as all others.
   */
  readonly separatorIs?: "learnt" | "context";
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

/**
 * With rationales that are still to be written, the run writes them in its first phase.
 * @throws if a rationale without a prompt is to be a task of its own
 */
export function radis(rationales: Rationales, options?: RadisOptions): Method;
export function radis(rationales: PendingRationales | PromiseLike<Rationales>, options?: RadisOptions): PendingMethod;
export function radis(
  rationales: Rationales | PendingRationales | PromiseLike<Rationales>,
  options: RadisOptions = {},
): Method | PendingMethod {
  requireKnown("radis(…)", options, ["weight", "per", "separatorIs", "as", "objective"], { lambda: "weight" });
  if (!("then" in rationales)) return ready(rationales, options);
  const known = "write" in rationales ? { ...rationales, items: { length: rationales.pairs } } : undefined;
  return {
    ...settingsOf(known, options),
    prepare: async (control) => ready(await written(rationales, control), options),
  };
}

/** What is being written elsewhere can only be waited for. */
async function written(
  rationales: PendingRationales | PromiseLike<Rationales>,
  control: PhaseControl,
): Promise<Rationales> {
  if ("write" in rationales) return rationales.write(control);
  control.progress("Waiting for rationales", 0, 1);
  let result: Rationales | undefined;
  const waiting = rationales.then((each) => {
    result = each;
  });
  // If it fails during a pause, the error is met after it.
  void waiting.then(undefined, () => undefined);
  while (result === undefined) {
    await control.pace();
    await Promise.race([waiting, new Promise((resolve) => setTimeout(resolve, 50))]);
  }
  return result;
}

function ready(rationales: Rationales, options: RadisOptions): Method {
  const { config, ...settings } = settingsOf(rationales, options);
  return {
    ...settings,
    samples: rationales.items.flatMap((item) => samples(item, rationales.separator, options)),
    config: {
      ...config,
      rationales: rationales.counts,
      ...(rationales.weights && { rationaleWeights: rationales.weights }),
    },
  };
}

/** Everything but the samples. */
function settingsOf(
  known:
    | (Pick<Rationales, "prompts" | "separator" | "source"> & { readonly items: { readonly length: number } })
    | undefined,
  options: RadisOptions,
): Omit<Method, "samples"> {
  const { weight = 1, per = "token", as = "continuation", objective = "nll" } = options;
  const knob: Live<number> = typeof weight === "number" ? { value: weight } : weight;
  if (as === "task" && known?.prompts.includes(""))
    throw new Error('Rationales as a task need a prompt that asks for them: rationales(…, { prompt: "Note:" }).');
  return {
    name: "radis",
    per,
    weight: (role, read = (each) => each.value) => {
      if (role === "separator") return read(knob);
      if (role !== "rationale") return 1;
      return objective === "kl" ? 0 : read(knob);
    },
    ...(objective === "kl" && { divergence: { role: "rationale", weight: knob } }),
    config: {
      ...(known && { pairs: known.items.length }),
      per,
      ...(as === "continuation" && { separatorIs: separatorOf(options) }),
      as,
      objective,
      weight: knob.value,
      ...(known && { prompts: known.prompts, separator: known.separator }),
      ...(known?.source && { rationalesBy: known.source }),
    },
    knobs: { weight: knob },
  };
}

const separatorOf = ({ per = "token", separatorIs }: RadisOptions): "learnt" | "context" =>
  separatorIs ?? (per === "token" ? "learnt" : "context");

function samples(item: Rationale, between: string, options: RadisOptions): Sample[] {
  const request: Message = { role: "user", content: item.instruction };
  const translation: Segment = { role: "translation", origin: "data", text: item.reference, weight: 1 };
  const rationale: Segment = { role: "rationale", origin: "base", text: item.text, weight: 1 };
  const translationOnly: Sample = { prompt: [request], segments: [translation], endTurn: true };
  if (item.status !== "used") return [translationOnly];
  switch (options.as ?? "continuation") {
    case "continuation": {
      const weight = separatorOf(options) === "learnt" ? 1 : 0;
      const separator: Segment = { role: "separator", origin: "rule", text: `${between}${item.prompt}`, weight };
      return [{ prompt: [request], segments: [translation, separator, rationale], endTurn: item.ended }];
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
