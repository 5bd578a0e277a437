/**
 * How the tests of translation skills ask the model: each instruction is a single turn, and limits and cleaning are those of
 * `translate`. The skills are to keep a register, to use the context of a document, and to translate an idiom by its
 * sense. Models have them before fine-tuning and lose them when they are fine-tuned on single sentences, while the scores of
 * single sentences rise (Stap et al. 2024, https://arxiv.org/abs/2405.20089).
 */
import { translateNames } from "../translation/translation.ts";

/** The options that all these tests have. */
export const skillOptions = ["from", "to", "instruction", ...translateNames] as const;

/** Language names as the instruction should have them. */
export type LanguagePair = { readonly from: string; readonly to: string };

/** How phrases are searched for in a text: `words` matches whole words, `unspaced` matches anywhere, for languages without spaces. */
export type Writing = "words" | "unspaced";
