/** Whether a freely written answer is the right one, in the ways that `Match` names. */
import { normalised } from "../../data/content.ts";
import type { Match } from "./task.ts";

/** @throws if the pattern of `match` is not a regular expression */
export function matches(answer: string, right: string, match: Match = "exact"): boolean {
  switch (match) {
    case "exact":
      return answer.trim() === right.trim();
    case "identical":
      return answer === right;
    case "normalised":
      return normalised(answer) === normalised(right);
    case "contains":
      return containsWords(normalised(answer), normalised(right));
    case "lastNumber":
      return plainNumber(lastNumber(answer)) === plainNumber(right);
    default:
      return found(answer, match)?.trim() === right.trim();
  }
}

function found(answer: string, { pattern, flags = "", take = "last" }: Exclude<Match, string>): string | undefined {
  const expression = new RegExp(pattern, flags.includes("g") ? flags : `${flags}g`);
  const one = [...answer.matchAll(expression)].at(take === "last" ? -1 : 0);
  return one && (one[1] ?? one[0]);
}

/** Scripts that write no spaces between words: there a word has no visible borders. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}]/u;

function containsWords(text: string, words: string): boolean {
  if (words === "") return false;
  return unspaced.test(words) ? text.includes(words) : ` ${text} `.includes(` ${words} `);
}

/** As the filter `flexible-extract` of lm-evaluation-harness: the last match, dollar signs and separators included. */
const lastNumber = (text: string): string =>
  text
    .match(/-?[$0-9.,]{2,}|-?[0-9]+/g)
    ?.at(-1)
    ?.trim() ?? "[invalid]";

/** What the harness ignores in GSM8K's answers: separators, dollar signs, the solution before `#### `, and a full stop at the end. */
const plainNumber = (text: string): string =>
  text
    .replace(/[,$]/g, "")
    .replace(/[\s\S]*#### /g, "")
    .replace(/\.$/, "")
    .toLowerCase();
