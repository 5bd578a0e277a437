/**
 * Whether an answer passes a check. The results are those of lm-evaluation-harness, with two exceptions: sentences and words in capitals
 * are counted with Unicode's rules and not with NLTK's model of English, and what is searched for is plain text and not a regular
 * expression.
 */
import type { Check } from "./check.ts";
import { counted, holds, literal } from "./counts.ts";

/** An empty answer passes no check. */
export function passes(check: Check, answer: string): boolean {
  if (answer.trim() === "") return false;
  const text = answer.trim();
  switch (check.kind) {
    case "keywords":
      return check.words.every((word) => literal(word).test(answer));
    case "forbidden words":
      return !check.words.some((word) => literal(word, "whole word").test(answer));
    case "paragraphs":
      return paragraphsPass(answer, check);
    case "paragraph begins":
      return paragraphBegins(answer, check);
    case "title":
      return (answer.match(/<<[^\n]+>>/g) ?? []).some((title) => title.replace(/^<+|>+$/g, "").trim() !== "");
    case "postscript":
      return postscript(check.marker).test(answer.toLowerCase());
    case "json":
      return isJson(text);
    case "upper case":
      return text === text.toUpperCase() && text !== text.toLowerCase();
    case "lower case":
      return text === text.toLowerCase() && text !== text.toUpperCase();
    case "no commas":
      return !answer.includes(",");
    case "quoted":
      return text.length > 1 && text.startsWith('"') && text.endsWith('"');
    case "begins":
      return text.toLowerCase().startsWith(check.text.trim().toLowerCase());
    case "ends":
      return text
        .replace(/^"+|"+$/g, "")
        .toLowerCase()
        .endsWith(check.text.trim().toLowerCase());
    case "one of":
      return check.texts.some((each) => text.includes(each));
    case "two answers":
      return isTwoAnswers(answer);
    default:
      return holds(counted(check, answer), check);
  }
}

/** An empty part between two separators `***` is a fault; one at either end does not count. */
function paragraphsPass(answer: string, check: Extract<Check, { kind: "paragraphs" }>): boolean {
  const parts = answer.split(check.separator === undefined ? /\n\s*\n/ : /\s?\*\*\*\s?/);
  const isEmpty = (part: string): boolean => part.trim() === "";
  if (check.separator !== undefined && parts.slice(1, -1).some(isEmpty)) return false;
  return holds(parts.filter((part) => !isEmpty(part)).length, check);
}

/** An empty paragraph keeps its number, as in lm-evaluation-harness. */
function paragraphBegins(answer: string, check: Extract<Check, { kind: "paragraph begins" }>): boolean {
  const parts = answer.split("\n\n");
  const given = parts.filter((part) => part.trim() !== "").length;
  if (check.paragraph > given || given !== (check.paragraphs ?? given)) return false;
  return firstWord(parts[check.paragraph - 1]) === check.word.toLowerCase();
}

/** In lower case, without quotation marks before it and up to the first punctuation mark. */
const firstWord = (paragraph = ""): string =>
  (paragraph.trim().split(/\s+/)[0] ?? "")
    .replace(/^'+/, "")
    .replace(/^"+/, "")
    .split(/[.,?!'"]/)[0]!
    .toLowerCase();

function postscript(marker: string): RegExp {
  if (marker === "P.S.") return /p\.\s?s\./;
  if (marker === "P.P.S") return /p\.\s?p\.\s?s/;
  return literal(marker);
}

function isJson(text: string): boolean {
  const inner = text
    .replace(/^```(?:json)?/i, "")
    .replace(/```$/, "")
    .trim();
  try {
    JSON.parse(inner);
    return true;
  } catch {
    return false;
  }
}

function isTwoAnswers(answer: string): boolean {
  const parts = answer.split("******").map((part) => part.trim());
  if (parts.slice(1, -1).includes("")) return false;
  const given = parts.filter((part) => part !== "");
  return given.length === 2 && given[0] !== given[1];
}

/**
 * The answer, and what is left of it without stars, and without its first line, its last line or both. A model often adds such lines
 * around what was asked for: a check is passed loosely if one of these texts passes it.
 */
export function looseForms(answer: string): string[] {
  const lines = answer.split("\n");
  const forms = [
    answer,
    ...[lines.slice(1), lines.slice(0, -1), lines.slice(1, -1)].map((part) => part.join("\n").trim()),
  ];
  return [...forms, ...forms.map((form) => form.replaceAll("*", ""))];
}
