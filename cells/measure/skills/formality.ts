/**
 * Whether a model still speaks formally or informally when it is asked to. The register is recognised by annotated phrases, as in
 * CoCoA-MT (Nădejde et al. 2022, https://arxiv.org/abs/2205.04022): each sentence has a formal and an informal reference, and
 * the words that make the difference are between [F] and [/F]. A translation is in a register if it has marked phrases of that
 * register only. If it has phrases of both registers or of neither, it is undecided and does not count.
 *
 * The file has one sentence per line: `{"source": "Can you help me?", "formal": "Können [F]Sie[/F] mir helfen?", "informal":
 * "[F]Kannst[/F] [F]du[/F] mir helfen?"}`.
 */
import type { ChatModel } from "../../contracts.ts";
import { BadRowError, type BadRows, type Reading, readRows, textField } from "../../data/reading.ts";
import { type RecordFormat, recordsOf } from "../../data/records.ts";
import { fillTemplate } from "../../data/template.ts";
import { requireKnown } from "../../options.ts";
import { cutOffShare } from "../answers.ts";
import { cleanAnswers, type TranslateOptions } from "../translation/cleaning.ts";
import { type LanguagePair, skillOptions, type Writing } from "./instructions.ts";

export type Register = "formal" | "informal";

export type RegisterItem = {
  readonly source: string;
  /** The marked phrases of each register. */
  readonly phrases: Readonly<Record<Register, readonly string[]>>;
};

export type FormalityOptions = LanguagePair &
  TranslateOptions & {
    /** With `{from}`, `{to}`, `{source}` and `{register}`, which becomes "formal" or "informal". */
    readonly instruction?: string;
    /** Default: `words`. */
    readonly writing?: Writing;
  };

export type FormalityRow = {
  readonly asked: Register;
  readonly source: string;
  readonly translation: string;
  readonly found: Register | "both" | "neither";
};

export type Formality = {
  /** The mean of the accuracies of both registers, from 0 to 1. */
  readonly accuracy: number;
  /** The share of decided translations that are in the register that was asked for; NaN if none is decided. */
  readonly formal: number;
  readonly informal: number;
  /** Decided translations ÷ all. */
  readonly decided: number;
  /** Translations that were cut off ÷ all. */
  readonly cutOff: number;
  readonly rows: readonly FormalityRow[];
};

const registers = ["formal", "informal"] as const;

/** @throws if no row is valid, or for the first bad row if `bad` is "refuse". */
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
  requireKnown("formality(…)", options, [...skillOptions, "writing"]);
  const { from, to, writing = "words" } = options;
  const instruction = options.instruction ?? "Translate from {from} into {to} in a {register} tone: {source}";
  const asked = registers.flatMap((register) => items.map((item) => ({ register, item })));
  const instructions = asked.map(({ register, item }) =>
    fillTemplate(instruction, { from, to, register, source: item.source }),
  );
  const sources = asked.map(({ item }) => item.source);
  const translations = await cleanAnswers(model, instructions, sources, { ...options, label: "formality" });
  const rows = asked.map(({ register, item }, i): FormalityRow => {
    const translation = translations[i]!.text;
    const [formal, informal] = registers.map((side) =>
      item.phrases[side].some((phrase) => hasPhrase(translation, phrase, writing)),
    );
    const found = formal && informal ? "both" : formal ? "formal" : informal ? "informal" : "neither";
    return { asked: register, source: item.source, translation, found };
  });
  const decided = rows.filter(({ found }) => found === "formal" || found === "informal");
  const accuracy = (register: Register): number => {
    const rowsOfRegister = decided.filter((row) => row.asked === register);
    return rowsOfRegister.filter(({ found }) => found === register).length / rowsOfRegister.length;
  };
  const [formal, informal] = [accuracy("formal"), accuracy("informal")];
  return {
    accuracy: (formal + informal) / 2,
    formal,
    informal,
    decided: decided.length / Math.max(1, rows.length),
    cutOff: cutOffShare(translations),
    rows,
  };
}

/** Whether all words of the phrase are in the translation. Other words may be between them, as between a German verb and its pronoun. */
function hasPhrase(translation: string, phrase: string, writing: Writing): boolean {
  if (writing === "unspaced") return translation.includes(phrase);
  const wordsOf = (text: string): string[] => text.split(/[\s\p{P}]+/u).filter(Boolean);
  const present = new Set(wordsOf(translation));
  return wordsOf(phrase).every((word) => present.has(word));
}
