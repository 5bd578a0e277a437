/** What a check of an answer counts: words, sentences, bullets. */
import type { Check, Count } from "./check.ts";

/** Letters, digits and the underscore, as `\w` in Python. */
const wordCharacter = "[\\p{L}\\p{N}_]";

/** Searches for a text as it is, in any case. */
export function literal(text: string, where: "anywhere" | "whole word" = "anywhere"): RegExp {
  const escaped = text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  return new RegExp(where === "anywhere" ? escaped : `(?<!${wordCharacter})${escaped}(?!${wordCharacter})`, "giu");
}

const occurrences = (pattern: RegExp, text: string): number => text.match(pattern)?.length ?? 0;

type Counted = Extract<Check, Count>;

export function counted(check: Exclude<Counted, { kind: "paragraphs" }>, answer: string): number {
  switch (check.kind) {
    case "occurrences":
      return occurrences(literal(check.of), answer);
    case "words":
      return occurrences(new RegExp(`${wordCharacter}+`, "gu"), answer);
    case "characters":
      return [...answer.trim()].length;
    case "sentences":
      return [...new Intl.Segmenter("en", { granularity: "sentence" }).segment(answer.trim())].length;
    case "bullets":
      return occurrences(/^\s*\*[^*].*$/gm, answer) + occurrences(/^\s*-.*$/gm, answer);
    case "highlights":
      return [/\*[^\n*]*\*/g, /\*\*[^\n*]*\*\*/g]
        .flatMap((pattern) => answer.match(pattern) ?? [])
        .filter((part) => part.replace(/^\*+|\*+$/g, "").trim() !== "").length;
    case "placeholders":
      return occurrences(/\[.*?\]/g, answer);
    case "capital words":
      return answer
        .split(/[^\p{L}\p{N}\p{M}'’-]+/u)
        .filter((word) => word === word.toUpperCase() && word !== word.toLowerCase()).length;
    case "sections":
      return answer.split(new RegExp(`\\s?${literal(check.title).source}\\s?\\d+\\s?`)).length - 1;
  }
}

export function holds(found: number, { relation, count }: Count): boolean {
  switch (relation) {
    case "at least":
      return found >= count;
    case "at most":
      return found <= count;
    case "less than":
      return found < count;
    case "exactly":
      return found === count;
  }
}
