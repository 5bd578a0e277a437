/**
 * The line that begins a cell: `// %% id [markdown] mode=manual key=value`. A cell without an id gets its kind and a number
 * as id; such an id is not written to the file, so a file without ids stays as it is.
 *
 * Two options are single words after the id: `cache` stores the results of the cell on disk, `disabled` prevents it from
 * running. In a line without an id they are written as `cache=true` and `disabled=true`.
 */
import type { Cell, CellMode } from "../types.ts";

export type Head = Pick<Cell, "kind" | "mode" | "options"> & {
  /** Absent if the line has none. */
  readonly id?: string;
};

const HEAD = /^\/\/[ \t]*%%(?!%)(.*)$/;
const WORD = /\[(?:markdown|md)\]|([^\s=[\]]+)=("[^"]*"|\S*)|([^\s]+)/g;
const MODES: readonly CellMode[] = ["auto", "manual", "once"];
const FLAGS = ["cache", "disabled"] as const;
export type Flag = (typeof FLAGS)[number];

/** Whether the cell has this flag. */
export function flagged({ options }: Pick<Cell, "options">, flag: Flag): boolean {
  return options[flag] === "true";
}

function isFlag(word: string): word is Flag {
  return FLAGS.some((flag) => flag === word);
}

/** Reads a line as a head. @returns undefined for any other line */
export function readHead(line: string): Head | undefined {
  const text = HEAD.exec(line)?.[1];
  if (text === undefined) return undefined;
  let kind: Cell["kind"] = "code";
  let mode: CellMode = "auto";
  const options: [string, string][] = [];
  const found = [...text.matchAll(WORD)];
  const words = found.flatMap(([, , , name]) => name ?? []);
  // In a title such as "A cache of mine", they are not flags.
  const flags = words.slice(1).every(isFlag) ? words.slice(1) : [];
  let wordsBefore = 0;
  for (const [word, key, value, name] of found) {
    const givenMode = key === "mode" ? MODES.find((each) => each === value) : undefined;
    if (givenMode) mode = givenMode;
    else if (key !== undefined && value !== undefined && key !== RESERVED) options.push([key, value]);
    else if (name !== undefined) {
      if (wordsBefore > 0 && flags.length > 0) options.push([name, "true"]);
      wordsBefore++;
    } else if (word.startsWith("[")) kind = "markdown";
  }
  const id = asId(flags.length === 0 ? words.join("-") : (words[0] ?? ""));
  return { kind, mode, options: Object.fromEntries(options), ...(id !== "" && { id }) };
}

/** @param form `without-id` if the cell would get the same id without writing it */
export function printHead(
  { id, kind, mode, options }: Omit<Cell, "source">,
  form: "with-id" | "without-id" = "with-id",
): string {
  return [
    "// %%",
    ...(form === "with-id" ? [id] : []),
    ...(kind === "markdown" ? ["[markdown]"] : []),
    ...(mode === "auto" ? [] : [`mode=${mode}`]),
    ...Object.entries(options).map(([key, value]) =>
      form === "with-id" && value === "true" && isFlag(key) ? key : `${key}=${value}`,
    ),
  ].join(" ");
}

/** Numbers the cells without an id, per kind: `markdown-1`, `cell-1`, `cell-2`. */
export class Numbering {
  readonly #last = { code: 0, markdown: 0 };

  /** The id that `take` would give now. */
  next(kind: Cell["kind"]): string {
    return `${kind === "code" ? "cell" : "markdown"}-${this.#last[kind] + 1}`;
  }

  take(kind: Cell["kind"]): string {
    const id = this.next(kind);
    this.#last[kind]++;
    return id;
  }
}

/** The name of a built-in property: what is kept by name cannot be kept by this one. */
const RESERVED = "__proto__";

/** Turns a title into an id of letters, digits, `-`, `_` and `.`. */
function asId(words: string): string {
  if (words === RESERVED) return "proto";
  if (/^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u.test(words)) return words;
  return words.replace(/[^\p{L}\p{N}_.-]+/gu, "-").replace(/^[-.]+|[-.]+$/g, "");
}
