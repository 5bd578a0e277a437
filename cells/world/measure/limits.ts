/** How the world's models are asked. Every answer and sentence of the world is shorter than these limits. */
import { untilLineBreak } from "../../measure/translation/cleaning.ts";

/** Maximum numbers of tokens. */
export const worldTokens = { translation: 64, tasks: 64, refusals: 40 } as const;

/** A translation ends at the first line break, even if nothing is before it: a rationale may follow. */
export const worldTranslating = { maxTokens: worldTokens.translation, clean: untilLineBreak } as const;
