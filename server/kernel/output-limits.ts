/**
 * Limits of what a cell can show. An output travels to the server, into its log and to every page, so one of many megabytes
 * would slow all of them down. In place of what is left out, a sentence says so and gives advice.
 */
import type { Output } from "../../cells/output.ts";
import { bytes } from "../state/quantity.ts";
import { thinnedPlot } from "./output-plot.ts";
import { limitedTable } from "./output-table.ts";

/** Characters of one output, about its bytes as JSON. */
export const OUTPUT_CHARACTERS = 8_000_000;
/** Characters of a text and of markdown, which the page must lay out as a whole. */
export const TEXT_CHARACTERS = 2_000_000;
export const MARKDOWN_CHARACTERS = 500_000;
/** Outputs of one generation. */
export const OUTPUTS = 500;
/** A number of a chart as JSON, with its comma. */
const NUMBER_CHARACTERS = 19;

/** The output as it is sent: cut, or replaced by a sentence, if it is too large. */
export function limitedOutput(given: Output): Output {
  const output = thinnedOutput(given);
  if (output.kind === "text") return limitedText(output, TEXT_CHARACTERS);
  if (output.kind === "markdown") return limitedText(output, MARKDOWN_CHARACTERS);
  const size = charactersOf(output);
  if (size <= OUTPUT_CHARACTERS) return output;
  const text = `This ${NAMES[output.kind]} has ${bytes(size)}; at most ${bytes(OUTPUT_CHARACTERS)} can be shown. ${ADVICE[output.kind]}`;
  return { kind: "text", text };
}

function thinnedOutput(output: Output): Output {
  if (output.kind === "table") return limitedTable(output);
  if (output.kind !== "plot") return output;
  const spec = thinnedPlot(output.spec);
  return spec === output.spec ? output : { kind: "plot", spec };
}

function limitedText<T extends Extract<Output, { readonly kind: "text" | "markdown" }>>(output: T, limit: number): T {
  const { text } = output;
  if (text.length <= limit) return output;
  return { ...output, text: `${text.slice(0, limit)}\n\n… (${text.length - limit} more characters are not shown)` };
}

/** Counts the outputs of one generation. */
export class OutputCount {
  #count = 0;

  /** @returns what to send: the output, a last sentence, or nothing any more */
  next(output: Output): Output | undefined {
    this.#count += 1;
    if (this.#count <= OUTPUTS) return limitedOutput(output);
    if (this.#count > OUTPUTS + 1) return undefined;
    const text = `This cell shows more than ${OUTPUTS} outputs; the others are left out. Show fewer, or print with console.log.`;
    return { kind: "text", text };
  }
}

const NAMES = {
  value: "value",
  table: "table",
  image: "image",
  html: "HTML output",
  plot: "chart",
  run: "run",
} as const;
const ADVICE = {
  value: "Show a part of it.",
  table: "Show fewer rows, with table(…, { limit }), or shorter texts.",
  image: "Show a smaller image.",
  html: "Show less of it.",
  plot: "Draw fewer points, for example every tenth one, or bins.",
  run: "",
} as const;

type Sized = Exclude<Output, { readonly kind: "text" | "markdown" }>;

function charactersOf(output: Sized): number {
  switch (output.kind) {
    case "html":
      return output.html.length;
    case "image":
      return output.base64.length;
    case "table":
      return output.rows.reduce((sum, row) => sum + listCharacters(row), 0);
    case "plot":
      return output.spec.marks.reduce(
        (sum, { data }) =>
          sum +
          (data?.kind === "columns"
            ? Object.values(data.columns).reduce((all, list) => all + listCharacters(list), 0)
            : 0),
        0,
      );
    case "value":
    case "run":
      // An inspected value is cut already.
      return 0;
  }
}

function listCharacters(list: readonly unknown[]): number {
  let characters = 0;
  for (const item of list) characters += typeof item === "string" ? item.length + 3 : NUMBER_CHARACTERS;
  return characters;
}
