/**
 * Reads instructions with checks: IFEval's file (`prompt`, `instruction_id_list`, `kwargs`; Zhou et al. 2023,
 * https://arxiv.org/abs/2311.07911), or rows of your own with `prompt` and `checks` (`[{"kind": "words", "relation": "at least",
 * "count": 50}]`).
 */
import { BadRowError, type BadRows, field, type Reading, readRows, textField } from "../../data/reading.ts";
import { type RecordFormat, recordsOf } from "../../data/records.ts";
import { isRecord, type JsonObject } from "../../json.ts";
import type { Check, Relation } from "./check.ts";
import type { CheckedTask } from "./task.ts";

/** @throws if no row is valid, or for the first bad row if `bad` is "refuse". */
export async function instructionFile(
  path: string,
  { format, bad }: { readonly format?: RecordFormat; readonly bad?: BadRows } = {},
): Promise<Reading<CheckedTask>> {
  return readRows(path, await recordsOf(path, format), (row) => [taskOf(row)], bad);
}

function taskOf(row: unknown): CheckedTask {
  const prompt = textField(row, "prompt");
  const family = field(row, "family");
  const checks = field(row, "checks") ?? ifevalChecks(row, prompt);
  if (!Array.isArray(checks) || checks.length === 0) throw new BadRowError('"checks" is not a list of checks');
  const unknown = checks.findIndex((check) => !isRecord(check) || typeof check.kind !== "string");
  if (unknown >= 0) throw new BadRowError(`check ${unknown + 1} has no "kind"`);
  return {
    family: typeof family === "string" ? family : "instructions",
    prompt: [{ role: "user", content: prompt }],
    checks: checks as Check[],
  };
}

function ifevalChecks(row: unknown, prompt: string): Check[] {
  const [ids, settings] = [field(row, "instruction_id_list"), field(row, "kwargs")];
  if (!Array.isArray(ids) || !Array.isArray(settings) || ids.length !== settings.length)
    throw new BadRowError('it has neither "checks" nor "instruction_id_list" and "kwargs" of the same length');
  return ids.map((id: unknown, i) => {
    const make = typeof id === "string" && Object.hasOwn(makers, id) ? makers[id] : undefined;
    if (!make) throw new BadRowError(`the instruction "${id}" cannot be checked here`);
    return make(isRecord(settings[i]) ? settings[i] : {}, prompt);
  });
}

type Maker = (settings: JsonObject, prompt: string) => Check;

function text(settings: JsonObject, name: string): string {
  const value = settings[name];
  if (typeof value !== "string" || value === "") throw new BadRowError(`"${name}" is missing in "kwargs"`);
  return value;
}
function number(settings: JsonObject, name: string): number {
  const value = settings[name];
  if (typeof value !== "number") throw new BadRowError(`"${name}" is missing in "kwargs"`);
  return value;
}
function list(settings: JsonObject, name: string): string[] {
  const value = settings[name];
  if (!Array.isArray(value) || !value.every((each) => typeof each === "string"))
    throw new BadRowError(`"${name}" in "kwargs" is not a list of strings`);
  return value;
}
function relation(settings: JsonObject, name = "relation"): Relation {
  const value = settings[name];
  if (value === "at least" || value === "less than") return value;
  throw new BadRowError(`"${name}" in "kwargs" is neither "at least" nor "less than"`);
}

/** By the names of IFEval. Instructions that need the language of an answer are not here. */
const makers: Readonly<Record<string, Maker>> = {
  "keywords:existence": (given) => ({ kind: "keywords", words: list(given, "keywords") }),
  "keywords:frequency": (given) => ({
    kind: "occurrences",
    of: text(given, "keyword"),
    relation: relation(given),
    count: number(given, "frequency"),
  }),
  "keywords:forbidden_words": (given) => ({ kind: "forbidden words", words: list(given, "forbidden_words") }),
  "keywords:letter_frequency": (given) => ({
    kind: "occurrences",
    of: text(given, "letter"),
    relation: relation(given, "let_relation"),
    count: number(given, "let_frequency"),
  }),
  "length_constraints:number_sentences": (given) => ({
    kind: "sentences",
    relation: relation(given),
    count: number(given, "num_sentences"),
  }),
  "length_constraints:number_paragraphs": (given) => ({
    kind: "paragraphs",
    separator: "***",
    relation: "exactly",
    count: number(given, "num_paragraphs"),
  }),
  "length_constraints:number_words": (given) => ({
    kind: "words",
    relation: relation(given),
    count: number(given, "num_words"),
  }),
  "length_constraints:nth_paragraph_first_word": (given) => ({
    kind: "paragraph begins",
    paragraph: number(given, "nth_paragraph"),
    word: text(given, "first_word"),
    paragraphs: number(given, "num_paragraphs"),
  }),
  "detectable_content:number_placeholders": (given) => atLeast("placeholders", number(given, "num_placeholders")),
  "detectable_content:postscript": (given) => ({ kind: "postscript", marker: text(given, "postscript_marker") }),
  "detectable_format:number_bullet_lists": (given) => ({
    kind: "bullets",
    relation: "exactly",
    count: number(given, "num_bullets"),
  }),
  "detectable_format:constrained_response": () => ({
    kind: "one of",
    texts: ["My answer is yes.", "My answer is no.", "My answer is maybe."],
  }),
  "detectable_format:number_highlighted_sections": (given) => atLeast("highlights", number(given, "num_highlights")),
  "detectable_format:multiple_sections": (given) => ({
    kind: "sections",
    title: text(given, "section_spliter"),
    relation: "at least",
    count: number(given, "num_sections"),
  }),
  "detectable_format:json_format": () => ({ kind: "json" }),
  "detectable_format:title": () => ({ kind: "title" }),
  "combination:two_responses": () => ({ kind: "two answers" }),
  "combination:repeat_prompt": (given, prompt) => ({
    kind: "begins",
    text: typeof given.prompt_to_repeat === "string" ? given.prompt_to_repeat : prompt,
  }),
  "startend:end_checker": (given) => ({ kind: "ends", text: text(given, "end_phrase") }),
  "startend:quotation": () => ({ kind: "quoted" }),
  "change_case:capital_word_frequency": (given) => ({
    kind: "capital words",
    relation: relation(given, "capital_relation"),
    count: number(given, "capital_frequency"),
  }),
  "change_case:english_capital": () => ({ kind: "upper case" }),
  "change_case:english_lowercase": () => ({ kind: "lower case" }),
  "punctuation:no_comma": () => ({ kind: "no commas" }),
};

const atLeast = (kind: "placeholders" | "highlights", count: number): Check => ({ kind, relation: "at least", count });
