/**
 * Reads parallel sentences: TSV, CSV, JSONL, Parquet, two parallel text files, or lists in ALMA's format,
 * `{"translation": {"de": "…", "en": "…"}}`. The result has the same type as a corpus of the embedded world, so methods and measures
 * work on both.
 */
import { requireKnown } from "../options.ts";
import { hash32 } from "../random.ts";
import type { Pair } from "../types.ts";
import { linesOf } from "./lines.ts";
import { type Column, columnsOf } from "./pair-columns.ts";
import { BadRowError, type BadRows, type RawRow, type Reading, readRows, textField } from "./reading.ts";
import { firstValue, type RecordFormat, recordsOf, withHeader } from "./records.ts";
import { fillTemplate } from "./template.ts";
import { textBytes } from "./text-bytes.ts";

/** The prompt for the model, with `{from}`, `{to}` and `{source}` as placeholders. */
export type Instruction = string;

export const translationInstructions = {
  plain: ["Translate from {from} into {to}: {source}"],
  /** ALMA's prompt (Xu et al. 2024, https://arxiv.org/abs/2309.11674). */
  alma: ["Translate this from {from} to {to}:\n{from}: {source}\n{to}:"],
} as const satisfies Record<string, readonly Instruction[]>;

export type PairOptions = {
  /** The names of the languages as they appear in instructions and scores: `German`. */
  readonly from: string;
  readonly to: string;
  /** Detected from the file's extension by default. */
  readonly format?: RecordFormat;
  /**
   * The columns of the two sides. By default `source` and `reference`, or the two languages by code or name, in a header or in a
   * `translation` record; or else the two columns of a TSV file that has two, if both have text.
   */
  readonly columns?: { readonly source: Column; readonly reference: Column };
  /** If there are several, the content of a pair decides: the same sentence always gets the same one. `translationInstructions.plain` by default. */
  readonly instruction?: Instruction | readonly Instruction[];
  /** `both` makes two pairs of each row, one for each direction. */
  readonly directions?: "one" | "both";
  readonly bad?: BadRows;
};

const names = ["from", "to", "format", "columns", "instruction", "directions", "bad"];

/**
 * @param path one file, or two text files with corresponding lines, the source first
 * @throws if two text files have different numbers of lines, or an instruction has no `{source}`; for bad rows see `bad`.
 */
export async function pairs(path: string | readonly [string, string], options: PairOptions): Promise<Reading<Pair>> {
  requireKnown("pairs(…)", options, names, { source: "Give columns: { source, reference }.", target: "reference" });
  const instructions = [options.instruction ?? translationInstructions.plain].flat();
  const incomplete = instructions.find((each) => !each.includes("{source}"));
  if (incomplete !== undefined || instructions.length === 0)
    throw new Error(
      `The instruction "${incomplete ?? ""}" needs {source}. Write {source} where the sentence is to be inserted.`,
    );
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
  const named = Array.isArray(firstValue(rows)) && [source, reference].some(isName);
  const records = named ? withHeader(path, rows, [source, reference].filter(isName)) : rows;
  return readRows(path, records, (row) => made(sideOf(row, source), sideOf(row, reference)), options.bad);
}

const isName = (column: Column): column is string => typeof column === "string";

function pair(source: string, reference: string, from: string, to: string, instructions: readonly string[]): Pair {
  const wording = instructions[hash32(`${from}\n${to}\n${source}`) % instructions.length]!;
  const instruction = fillTemplate(wording, { from, to, source });
  return { source, reference, from, to, instruction };
}

function sideOf(row: unknown, column: Column): string {
  if (!Array.isArray(row)) return textField(row, String(column));
  const found: unknown = row[Number(column)];
  if (found === undefined) throw new BadRowError(`column ${Number(column) + 1} is missing`);
  if (typeof found !== "string" || found.trim() === "") throw new BadRowError(`column ${Number(column) + 1} is empty`);
  return found.trim();
}

async function parallelLines([sources, references]: readonly [string, string]): Promise<RawRow[]> {
  const [left, right] = [[...linesOf(await textBytes(sources))], [...linesOf(await textBytes(references))]];
  if (left.length !== right.length) {
    throw new Error(
      `${sources} has ${left.length} lines and ${references} has ${right.length}. Parallel files must have the same number of lines.`,
    );
  }
  return left.map(({ line, text, ...source }, i): RawRow => {
    const { text: reference, ...target } = right[i]!;
    const both = `${text} | ${reference}`;
    const fault = source.fault ?? target.fault;
    return fault === undefined ? { line, text: both, value: { source: text, reference } } : { line, text: both, fault };
  });
}
