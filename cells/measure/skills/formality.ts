/**
 * Whether a model still speaks formally or informally when it is asked to. Told by annotated phrases, as CoCoA-MT does
 * (Nădejde et al. 2022, https://arxiv.org/abs/2205.04022): each sentence has a formal and an informal reference, whose telling
 * words stand between [F] and [/F]. A translation that has words of one side only is of that register; one with words of both
 * sides or of none is undecided and counts for neither.
 *
 * The file has one sentence per line: `{"source": "Can you help me?", "formal": "Können [F]Sie[/F] mir helfen?", "informal":
 * "[F]Kannst[/F] [F]du[/F] mir helfen?"}`. The embedded world cannot carry it: its languages have one register.
 */
import type { ChatModel } from "../../contracts.ts";
import { BadRowError, type BadRows, type Reading, readRows, textField } from "../../data/reading.ts";
import { type RecordFormat, recordsOf } from "../../data/records.ts";
import { type Direction, filledIn, linesFor, type Writing } from "./asked.ts";

export type Register = "formal" | "informal";

export type RegisterItem = {
  readonly source: string;
  /** The telling phrases of each side. */
  readonly phrases: Readonly<Record<Register, readonly string[]>>;
};

export type FormalityOptions = Direction & {
  /** With `{register}`, which is "formal" or "informal". */
  readonly instruction?: string;
  /** `words` unless given. */
  readonly writing?: Writing;
};

export type FormalityRow = {
  readonly asked: Register;
  readonly source: string;
  readonly translation: string;
  readonly found: Register | "both" | "neither";
};

export type Formality = {
  /** The mean of the two registers' accuracies, from 0 to 1. */
  readonly accuracy: number;
  /** Of the decided translations that were asked for in a register, the share that is in it; NaN where none is decided. */
  readonly formal: number;
  readonly informal: number;
  /** Decided translations ÷ all. */
  readonly decided: number;
  readonly rows: readonly FormalityRow[];
};

const registers = ["formal", "informal"] as const;

/** @throws as `bad` says. */
export async function formalityFile(
  path: string,
  { format, bad }: { readonly format?: RecordFormat; readonly bad?: BadRows } = {},
): Promise<Reading<RegisterItem>> {
  return readRows(
    path,
    await recordsOf(path, format),
    (row) => [
      {
        source: textField(row, "source"),
        phrases: { formal: marked(row, "formal"), informal: marked(row, "informal") },
      },
    ],
    bad,
  );
}

function marked(row: unknown, side: Register): string[] {
  const phrases = [...textField(row, side).matchAll(/\[F\](.*?)\[\/F\]/g)]
    .map((found) => found[1]!.trim())
    .filter(Boolean);
  if (phrases.length === 0) throw new BadRowError(`"${side}" has no phrase between [F] and [/F]`);
  return phrases;
}

export async function formality(
  model: ChatModel,
  items: readonly RegisterItem[],
  options: FormalityOptions,
): Promise<Formality> {
  const { from, to, writing = "words" } = options;
  const instruction = options.instruction ?? "Translate from {from} into {to} in a {register} tone: {source}";
  const asked = registers.flatMap((register) => items.map((item) => ({ register, item })));
  const instructions = asked.map(({ register, item }) =>
    filledIn(instruction, { from, to, register, source: item.source }),
  );
  const written = await linesFor(model, instructions, 128, "formality");
  const rows = asked.map(({ register, item }, i): FormalityRow => {
    const translation = written[i] ?? "";
    const [formal, informal] = registers.map((side) =>
      item.phrases[side].some((phrase) => has(translation, phrase, writing)),
    );
    const found = formal && informal ? "both" : formal ? "formal" : informal ? "informal" : "neither";
    return { asked: register, source: item.source, translation, found };
  });
  const decided = rows.filter(({ found }) => found === "formal" || found === "informal");
  const accuracy = (register: Register): number => {
    const own = decided.filter((row) => row.asked === register);
    return own.filter(({ found }) => found === register).length / own.length;
  };
  const [formal, informal] = [accuracy("formal"), accuracy("informal")];
  return {
    accuracy: (formal + informal) / 2,
    formal,
    informal,
    decided: decided.length / Math.max(1, rows.length),
    rows,
  };
}

/** Every word of the phrase is among the translation's words, whatever stands between them: German verbs leave their pronouns. */
function has(translation: string, phrase: string, writing: Writing): boolean {
  if (writing === "unspaced") return translation.includes(phrase);
  const wordsOf = (text: string): string[] => text.split(/[\s\p{P}]+/u).filter(Boolean);
  const written = new Set(wordsOf(translation));
  return wordsOf(phrase).every((word) => written.has(word));
}
