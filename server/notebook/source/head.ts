/**
 * The line that begins a cell: `// %% id [markdown] mode=manual key=value`. A cell without an id is called by its kind
 * and number; such a name is not written down, so a file that names nothing stays as it is.
 *
 * Two options are words of their own after the id: `cache` keeps the cell's results on the disk, `disabled` keeps it from
 * running. Where there is no id they are written out: `cache=true`.
 */
import type { Cell, CellMode } from "../types.ts";

export type Head = Pick<Cell, "kind" | "mode" | "options"> & {
  /** Absent when the line names none. */
  readonly id?: string;
};

const HEAD = /^\/\/[ \t]*%%(?!%)(.*)$/;
const WORD = /\[(?:markdown|md)\]|([^\s=[\]]+)=("[^"]*"|\S*)|([^\s]+)/g;
const MODES: readonly CellMode[] = ["auto", "manual", "once"];
const FLAGS = ["cache", "disabled"] as const;
export type Flag = (typeof FLAGS)[number];

/** Whether a cell's option that is a word of its own is set. */
export function flagged({ options }: Pick<Cell, "options">, flag: Flag): boolean {
  return options[flag] === "true";
}

function isFlag(word: string): word is Flag {
  return FLAGS.some((flag) => flag === word);
}

/** The head that a line is, or undefined for any other line. */
export function readHead(line: string): Head | undefined {
  const text = HEAD.exec(line)?.[1];
  if (text === undefined) return undefined;
  let kind: Cell["kind"] = "code";
  let mode: CellMode = "auto";
  const options: [string, string][] = [];
  const found = [...text.matchAll(WORD)];
  const words = found.flatMap(([, , , name]) => name ?? []);
  // Words of a title may be called so, too.
  const flags = words.slice(1).every(isFlag) ? words.slice(1) : [];
  let before = 0;
  for (const [word, key, value, name] of found) {
    const given = key === "mode" ? MODES.find((each) => each === value) : undefined;
    if (given) mode = given;
    else if (key !== undefined && value !== undefined) options.push([key, value]);
    else if (name !== undefined) {
      if (before > 0 && flags.length > 0) options.push([name, "true"]);
      before++;
    } else if (word.startsWith("[")) kind = "markdown";
  }
  const id = asId(flags.length === 0 ? words.join("-") : (words[0] ?? ""));
  return { kind, mode, options: Object.fromEntries(options), ...(id !== "" && { id }) };
}

/** @param unnamed whether the id is the one that the cell would get without any. */
export function printHead({ id, kind, mode, options }: Omit<Cell, "source">, unnamed: boolean): string {
  return [
    "// %%",
    ...(unnamed ? [] : [id]),
    ...(kind === "markdown" ? ["[markdown]"] : []),
    ...(mode === "auto" ? [] : [`mode=${mode}`]),
    ...Object.entries(options).map(([key, value]) =>
      !unnamed && value === "true" && isFlag(key) ? key : `${key}=${value}`,
    ),
  ].join(" ");
}

/** Counts the cells without an id, kind by kind: `markdown-1`, `cell-1`, `cell-2`. */
export class Numbering {
  readonly #last = { code: 0, markdown: 0 };

  next(kind: Cell["kind"]): string {
    return `${kind === "code" ? "cell" : "markdown"}-${this.#last[kind] + 1}`;
  }

  take(kind: Cell["kind"]): string {
    const id = this.next(kind);
    this.#last[kind]++;
    return id;
  }
}

/** Words that were meant as a title become an id: letters, digits, `-`, `_` and `.`. */
function asId(words: string): string {
  if (/^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u.test(words)) return words;
  return words.replace(/[^\p{L}\p{N}_.-]+/gu, "-").replace(/^[-.]+|[-.]+$/g, "");
}
