/**
 * Plain fine-tuning on the reference translations: the baseline, which forgets most. L = NLL(translation | request).
 */
import type { Method } from "../contracts.ts";
import type { Normalisation, Pair } from "../types.ts";

/**
 * @param per has no effect on the loss, since there is one role. It is recorded, so that runs with equal settings can
 * be compared.
 */
export function vanilla(pairs: readonly Pair[], { per = "role" }: { readonly per?: Normalisation } = {}): Method {
  return {
    name: "vanilla",
    per,
    samples: pairs.map((pair) => ({
      prompt: [{ role: "user", content: pair.instruction }],
      segments: [{ role: "translation", origin: "data", text: pair.reference, weight: 1 }],
      endTurn: true,
    })),
    weight: () => 1,
    config: { pairs: pairs.length, per },
    knobs: {},
  };
}
