/**
 * Which part of an answer is the translation. Chat models often go on with an explanation, and a model that was trained with
 * rationales goes on with one, so by default only the first line counts.
 */
import type { BeamOptions, ChatModel } from "../../contracts.ts";
import { type Answer, ask, limitsBySource } from "../answers.ts";

/** `firstLine`: the first line that is not blank. `none`: the whole answer. Or a function of your own. */
export type Clean = "firstLine" | "none" | ((text: string) => string);

export type TranslateOptions = BeamOptions & {
  /** Maximum number of tokens for each translation. Default: by the length of its source, at least 64 (`limitsBySource`). */
  readonly maxTokens?: number;
  /** Default: `firstLine`. */
  readonly clean?: Clean;
};

/** A clean that cannot be part of a cache key is replaced by its source text. */
export const cleanKey = (clean: Clean | undefined): string | undefined =>
  clean === undefined ? undefined : `${clean}`;

/**
 * The cleaned answers to instructions to translate. An answer counts as cut off only if the translation itself was: not if the limit
 * ended what came after it.
 * @param sources what each instruction asks to translate
 */
export async function cleanAnswers(
  model: ChatModel,
  instructions: readonly string[],
  sources: readonly string[],
  { maxTokens, clean = "firstLine", ...options }: TranslateOptions & { readonly label: string },
): Promise<Answer[]> {
  const prompts = instructions.map((content) => ({ messages: [{ role: "user", content } as const] }));
  const limits = maxTokens === undefined ? limitsBySource(model, prompts, sources) : prompts.map(() => maxTokens);
  if (clean !== "firstLine") {
    const answers = await ask(model, prompts, { ...options, maxTokens: limits });
    return answers.map(({ text, cutOff }) => cleaned(text, cutOff, clean === "none" ? (whole) => whole : clean));
  }
  const answers = await ask(model, prompts, { ...options, maxTokens: limits, stop: ["\n"] });
  // Some models begin with an empty line: they are asked again without stopping at it.
  const blank = [...answers.keys()].filter((i) => answers[i]!.text.trim() === "");
  const again = await ask(
    model,
    blank.map((i) => prompts[i]!),
    { ...options, maxTokens: blank.map((i) => limits[i]!) },
  );
  for (const [at, i] of blank.entries()) answers[i] = again[at]!;
  return answers.map(({ text, cutOff }) => cleaned(text, cutOff, firstLine));
}

function cleaned(text: string, cutOff: boolean, clean: (text: string) => string): Answer {
  const part = clean(text);
  return { text: part, cutOff: cutOff && (part.trim() === "" || text.trimEnd().endsWith(part.trimEnd())) };
}

/** The first line that is not blank. */
const firstLine = (text: string): string => text.trimStart().split("\n", 1)[0] ?? "";

/** The text before the first line break; empty if the text begins with one. */
export const untilLineBreak = (text: string): string => text.split("\n", 1)[0] ?? "";
