/**
 * Which columns of a data set have the two sides of a pair. They are taken from the names in a header or a record; if it cannot be known
 * which columns are meant, the user is asked: a score or a number is no sentence.
 */
import { isRecord } from "../json.ts";
import { field } from "./reading.ts";
import { firstValue, type RecordFormat, type Rows } from "./records.ts";

/** A column by name (in records also a path, `translation.de`), or by number from 0 in TSV and CSV files without a header. */
export type Column = string | number;

export type Columns = { readonly source: Column; readonly reference: Column };

/** What `columnsOf` needs to know of the options of `pairs`. */
export type ColumnOptions = {
  readonly from: string;
  readonly to: string;
  readonly format?: RecordFormat;
  readonly columns?: Columns;
};

/** @throws if the columns are not known; the message says how to name them */
export function columnsOf(path: string, rows: Rows, { columns, from, to, format }: ColumnOptions): Columns {
  if (columns) return columns;
  const first = firstValue(rows);
  const translation = field(first, "translation");
  const named = { source: "source", reference: "reference" };
  if (Array.isArray(first)) {
    if (first.includes("source") && first.includes("reference")) return named;
    const [source, reference] = [from, to].map((language) => codeOf(language, first.map(String)));
    if (source !== undefined && reference !== undefined && isHeader(first.map(String), rows))
      return { source, reference };
    if (format !== "csv" && !/\.csv$/i.test(path) && hasTwoTexts(rows)) return { source: 0, reference: 1 };
    throw new Error(
      `The columns of ${from} and ${to} in ${path} are not known; its first row is ${first.join(", ")}. Give their names or, ` +
        "without a header, their numbers: columns: { source: 0, reference: 1 }.",
    );
  }
  if (!isRecord(translation)) return named;
  const codes = Object.keys(translation);
  const place = (language: string): string => {
    const code = codeOf(language, codes);
    if (code !== undefined) return `translation.${code}`;
    throw new Error(
      `The rows of ${path} have translations in ${codes.join(" and ")}, but none in ${language}. ` +
        'Give the option columns: { source: "translation.…", reference: "translation.…" }.',
    );
  };
  return { source: place(from), reference: place(to) };
}

/** Whether the second row is not like the first one: exports of Tatoeba name the language in each row. */
function isHeader(first: readonly string[], rows: Rows): boolean {
  const [, second] = sampleOf(rows, 2);
  return second === undefined || !second.some((value, i) => value === first[i]);
}

function sampleOf(rows: Rows, size: number): string[][] {
  const sample: string[][] = [];
  for (const row of rows) {
    if ("value" in row && Array.isArray(row.value)) sample.push(row.value.map(String));
    if (sample.length >= size) break;
  }
  return sample;
}

/**
 * Whether the first rows have two columns with text. Mined corpora begin with a score, exports of Tatoeba with a number: then it cannot
 * be known which columns are meant. A row with another number of columns than most is not considered: it is a bad row.
 */
function hasTwoTexts(rows: Rows): boolean {
  const sample = sampleOf(rows, 50);
  const counts = groupSizes(sample.map(({ length }) => length));
  const usual = Math.max(...counts.values());
  if ([...counts].some(([columns, size]) => columns > 2 && size === usual)) return false;
  const pairs = sample.filter(({ length }) => length === 2);
  const isNumber = (text: string): boolean => /^[-+]?[\d.,]+(?:e[-+]?\d+)?$/i.test(text.trim());
  return ![0, 1].some((column) => pairs.length > 0 && pairs.every((row) => isNumber(row[column]!)));
}

function groupSizes(values: readonly number[]): Map<number, number> {
  const sizes = new Map<number, number>();
  for (const value of values) sizes.set(value, (sizes.get(value) ?? 0) + 1);
  return sizes;
}

/** The language code or name that stands for this language. */
function codeOf(language: string, codes: readonly string[]): string | undefined {
  const names = new Intl.DisplayNames(["en"], { type: "language", fallback: "code" });
  const meant = language.toLowerCase();
  return codes.find((code) => code.toLowerCase() === meant || nameOf(names, code).toLowerCase() === meant);
}

function nameOf(names: Intl.DisplayNames, code: string): string {
  try {
    return names.of(code) ?? code;
  } catch {
    return code;
  }
}
