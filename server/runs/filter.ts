/**
 * The filter language of the runs. Words separated by spaces must all be true of a run:
 *
 *     radis              the text is in its id, notebook, cell, method, note or tags
 *     /rank|rate/i       the regular expression matches one of them
 *     status:done,failed one of these; also notebook:, method:, cell:, tag:, record:, is:pinned, any setting
 *     loss<0.5 rank=16   a measure or a setting is below, above, equal to or different from a value (< <= > >= = !=)
 *     -status:failed     not
 *     "two words"        a text, name or value with spaces
 */
import { type FieldValue, fieldOf } from "./fields.ts";
import type { RunSummary } from "./types.ts";

export type Filter = (run: RunSummary) => boolean;
export type FilterReading = { readonly filter: Filter } | { readonly fault: string };

/** A quoted text, a regular expression, or characters without spaces, in any sequence. */
const WORDS = /-?(?:\/(?:\\.|[^/\\\s])(?:\\.|[^/\\])*\/[a-z]*(?=\s|$)|(?:"[^"]*"|[^\s"])+)/gu;
const COMPARISON = /^("[^"]*"|[^\s"<>=!:]+)(<=|>=|!=|<|>|=)("[^"]*"|[^"]*)$/su;
const NAMED = /^("[^"]*"|[\w.]+):(.*)$/su;

/** @returns a filter, or what is wrong with the text */
export function readFilter(text: string): FilterReading {
  if ((text.match(/"/g)?.length ?? 0) % 2 === 1 && !/\/.*"/.test(text))
    return { fault: 'a quotation mark (") is missing' };
  const filters: Filter[] = [];
  for (const word of text.match(WORDS) ?? []) {
    const isNegated = word.length > 1 && word.startsWith("-");
    const read = readWord(isNegated ? word.slice(1) : word);
    if (typeof read === "string") return { fault: read };
    filters.push(isNegated ? (run) => !read(run) : read);
  }
  return { filter: (run) => filters.every((each) => each(run)) };
}

function readWord(word: string): Filter | string {
  const [, pattern, flags] = /^\/(.+)\/([a-z]*)$/su.exec(word) ?? [];
  if (pattern !== undefined) {
    try {
      // Without "g" and "y", which would make each test depend on the one before.
      const expression = new RegExp(pattern, flags?.replace(/[gy]/g, ""));
      return (run) => texts(run).some((each) => expression.test(each));
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
  const [, name, sign, value] = COMPARISON.exec(word) ?? [];
  if (name !== undefined && sign !== undefined) {
    if (value === "") return `"${word}" needs a value, such as ${name}${sign}0.5`;
    return comparison(unquoted(name), sign, unquoted(value ?? ""));
  }
  const [, field, list] = NAMED.exec(word) ?? [];
  if (field !== undefined && list !== undefined) {
    const values = unquoted(list)
      .split(",")
      .filter((each) => each !== "");
    if (values.length === 0) return `"${word}" needs a value, such as ${field}:done`;
    return named(unquoted(field), values);
  }
  const needle = unquoted(word).toLowerCase();
  return (run) => texts(run).some((each) => each.toLowerCase().includes(needle));
}

function comparison(name: string, sign: string, value: string): Filter {
  const number = value.trim() === "" ? Number.NaN : Number(value);
  return (run) => {
    const found = fieldOf(run, name);
    if (sign === "!=") return !isEqual(found, value, number);
    if (found === undefined) return false;
    if (sign === "=") return isEqual(found, value, number);
    if (typeof found !== "number" || Number.isNaN(number)) return false;
    return sign === "<"
      ? found < number
      : sign === "<="
        ? found <= number
        : sign === ">"
          ? found > number
          : found >= number;
  };
}

function isEqual(found: FieldValue, text: string, number: number): boolean {
  return typeof found === "number" ? found === number : found !== undefined && String(found) === text;
}

function named(field: string, values: readonly string[]): Filter {
  const wanted = values.map((each) => each.toLowerCase());
  if (field === "is")
    return (run) =>
      wanted.some((each) => (each === "pinned" ? run.pinned : each === "recorded" && run.record !== undefined));
  if (field === "tag") return (run) => run.tags.some((tag) => wanted.includes(tag.toLowerCase()));
  // A status is a whole word; of paths and names a part is enough.
  const isWhole = field === "status" || field === "record";
  return (run) => {
    const found = fieldOf(run, field);
    if (found === undefined) return false;
    const text = String(found).toLowerCase();
    return wanted.some((each) => (isWhole ? text === each : text.includes(each)));
  };
}

function texts(run: RunSummary): readonly string[] {
  return [run.id, run.notebook, run.cell, run.method, run.note, ...run.tags];
}

function unquoted(text: string): string {
  return text.replaceAll('"', "");
}
