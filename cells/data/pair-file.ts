/**
 * Parallel sentences out of a user's files: TSV, CSV, JSONL, Parquet, two parallel text files, or lists in ALMA's form,
 * `{"translation": {"de": "…", "en": "…"}}`. What comes out is what `world.corpus` gives for the embedded world, so methods and
 * measures do not know the difference.
 */
import { host } from "../host.ts";
import { hash32 } from "../random.ts";
import type { Pair } from "../types.ts";
import { linesOf, notUtf8 } from "./lines.ts";
import {
  BadRowError,
  type BadRows,
  field,
  isRecord,
  type RawRow,
  type Reading,
  readRows,
  textField,
} from "./reading.ts";
import { type RecordFormat, recordsOf, withHeader } from "./records.ts";
import { fillTemplate } from "./template.ts";

/** What the model is asked, with `{from}`, `{to}` and `{source}` in it. */
export type Instruction = string;

export const translationInstructions = {
  plain: ["Translate from {from} into {to}: {source}"],
  /** ALMA's prompt (Xu et al. 2024, https://arxiv.org/abs/2309.11674). */
  alma: ["Translate this from {from} to {to}:\n{from}: {source}\n{to}:"],
} as const satisfies Record<string, readonly Instruction[]>;

/** A column by its name, in records also by a path (`translation.de`); or by its place from 0, in TSV and CSV files without a header. */
export type Column = string | number;

export type PairOptions = {
  /** The names of the languages, as instructions and scores shall spell them: `German`. */
  readonly from: string;
  readonly to: string;
  /** By the file's ending unless given. */
  readonly format?: RecordFormat;
  /**
   * Where the two sides stand. Left out: `source` and `reference`, or the two languages by their codes or names, in a header or
   * in a `translation` record; the first two columns of TSV that has no such header.
   */
  readonly columns?: { readonly source: Column; readonly reference: Column };
  /** Several are shared out by content: the same sentence always gets the same. `translationInstructions.plain` unless given. */
  readonly instruction?: Instruction | readonly Instruction[];
  /** `both` gives each row as two pairs, one per direction. */
  readonly directions?: "one" | "both";
  readonly bad?: BadRows;
};

/**
 * @param path one file of rows, or two text files whose lines belong together, the source first
 * @throws if two text files have different numbers of lines, an instruction lacks `{source}`, or as `bad` says.
 */
export async function pairs(path: string | readonly [string, string], options: PairOptions): Promise<Reading<Pair>> {
  const instructions = [options.instruction ?? translationInstructions.plain].flat();
  const mute = instructions.find((each) => !each.includes("{source}"));
  if (mute !== undefined || instructions.length === 0)
    throw new Error(`An instruction needs {source} where the sentence shall stand; "${mute ?? ""}" has none.`);
  const both = options.directions === "both";
  const made = (source: string, reference: string): Pair[] => {
    const there = pair(source, reference, options.from, options.to, instructions);
    return both ? [there, pair(reference, source, options.to, options.from, instructions)] : [there];
  };
  if (typeof path !== "string") {
    const rows = await parallelLines(path);
    const read = readRows(
      path.join(" + "),
      rows,
      (row) => made(textField(row, "source"), textField(row, "reference")),
      options.bad,
    );
    return { ...read, files: path };
  }
  const rows = await recordsOf(path, options.format);
  const { source, reference } = columnsOf(path, rows, options);
  const named = rows.some((row) => "value" in row && Array.isArray(row.value)) && [source, reference].some(isName);
  const records = named ? withHeader(path, rows, [source, reference].filter(isName)) : rows;
  return readRows(path, records, (row) => made(sideOf(row, source), sideOf(row, reference)), options.bad);
}

const isName = (column: Column): column is string => typeof column === "string";

function pair(source: string, reference: string, from: string, to: string, instructions: readonly string[]): Pair {
  const wording = instructions[hash32(`${from}\n${to}\n${source}`) % instructions.length]!;
  const instruction = fillTemplate(wording, { from, to, source });
  return { source, reference, from, to, instruction };
}

type Columns = { readonly source: Column; readonly reference: Column };

function columnsOf(path: string, rows: readonly RawRow[], { columns, from, to, format }: PairOptions): Columns {
  if (columns) return columns;
  const first = rows.find((row) => "value" in row)?.value;
  const translation = field(first, "translation");
  const named = { source: "source", reference: "reference" };
  if (Array.isArray(first)) {
    if (first.includes("source") && first.includes("reference")) return named;
    const [source, reference] = [from, to].map((language) => codeOf(language, first.map(String)));
    if (source !== undefined && reference !== undefined) return { source, reference };
    if (format !== "csv" && !/\.csv$/i.test(path)) return { source: 0, reference: 1 };
    throw new Error(
      `${path} begins with ${first.join(", ")}; which columns are ${from} and ${to}? Say it by their names or, without ` +
        "a header, by their places: columns: { source: 0, reference: 1 }.",
    );
  }
  if (!isRecord(translation)) return named;
  const codes = Object.keys(translation);
  const place = (language: string): string => {
    const code = codeOf(language, codes);
    if (code !== undefined) return `translation.${code}`;
    throw new Error(
      `The rows have translations in ${codes.join(" and ")}; none of them is known as ${language}. ` +
        'Say where it stands: columns: { source: "translation.…", reference: "translation.…" }.',
    );
  };
  return { source: place(from), reference: place(to) };
}

/** The one of several language codes, or names, that means a language. */
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

function sideOf(row: unknown, column: Column): string {
  if (!Array.isArray(row)) return textField(row, String(column));
  const found: unknown = row[Number(column)];
  if (found === undefined) throw new BadRowError(`column ${Number(column) + 1} is missing`);
  if (typeof found !== "string" || found.trim() === "") throw new BadRowError(`column ${Number(column) + 1} is empty`);
  return found.trim();
}

async function parallelLines([sources, references]: readonly [string, string]): Promise<RawRow[]> {
  const [left, right] = [linesOf(await host().readFile(sources)), linesOf(await host().readFile(references))];
  if (left.length !== right.length) {
    throw new Error(
      `${sources} has ${left.length} lines and ${references} has ${right.length}; lines that belong together must be as many.`,
    );
  }
  return left.map(({ line, text, isUtf8 }, i): RawRow => {
    const other = right[i]!;
    if (!isUtf8 || !other.isUtf8) return { line, text, fault: notUtf8 };
    return { line, text: `${text} | ${other.text}`, value: { source: text, reference: other.text } };
  });
}
