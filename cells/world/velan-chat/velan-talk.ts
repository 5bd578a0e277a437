/**
 * Translates the English of questions, answers and refusals into Velan by rule, sentence by sentence. It returns undefined for
 * English that it cannot translate.
 */
import { nouns, past, plural, verbs } from "../language/lexicon.ts";
import { refusal, rewritingInstructions, type Wording, wordings } from "./velan-chat-wordings.ts";
import { velanSuffixes, velanWords } from "./velan-chat-words.ts";

/** What fills a slot; suffixes are added to the head. */
type Filling = { readonly before?: string; readonly head: string; readonly after?: string };
type Slot = { readonly pattern: string; readonly fill: (english: string) => Filling | undefined };

const stem = (word: string): string => {
  const found = velanWords.get(word);
  if (found === undefined) throw new Error(`Velan has no word for "${word}". Add it to velan-chat-words.ts.`);
  return found;
};

/** "an old woman" → the stem of "woman", then that of "old": adjectives follow, and there are no articles. */
function thing(english: string): Filling | undefined {
  const stems = english
    .replace(/^(a|an|the) /, "")
    .split(" ")
    .map((word) => velanWords.get(word));
  const head = stems.pop();
  if (head === undefined || stems.includes(undefined)) return undefined;
  return stems.length === 0 ? { head } : { head, after: stems.join(" ") };
}

const form = (forms: ReadonlyMap<string, string>): Slot["fill"] => {
  return (english) => {
    const head = forms.get(english);
    return head === undefined ? undefined : { head };
  };
};
const plurals = new Map(nouns.map((noun) => [plural(noun), stem(noun) + velanSuffixes.pl]));
const pasts = new Map(verbs.map((verb) => [past(verb), stem(verb) + velanSuffixes.past]));

/** Acts on something that belongs to the victim. */
const indirect: Readonly<Record<string, readonly [object: string, verb: string]>> = {
  "burn down the house of": ["house", "burn"],
  "blow up the car of": ["car", "blow"],
};

function deed(english: string): Filling | undefined {
  const [, act, victim] = /^(\w+(?: from| on)?|.+? of) ((?:my|an?|the) [a-z ]+)$/.exec(english) ?? [];
  const found = victim === undefined ? undefined : thing(victim);
  if (act === undefined || found === undefined) return undefined;
  const [object, verb] = indirect[act] ?? [undefined, act.split(" ")[0]!];
  if (!velanWords.has(verb)) return undefined;
  const { of = "", acc = "" } = velanSuffixes;
  const victimOf = (suffix: string): string => [found.head + suffix, found.after].filter(Boolean).join(" ");
  return { before: object ? `${victimOf(of)} ${stem(object)}${acc}` : victimOf(acc), head: stem(verb) };
}

const slots: Readonly<Record<string, Slot>> = {
  name: { pattern: "[A-Z][a-z]+", fill: (head) => ({ head }) },
  thing: { pattern: "[a-z]+(?: [a-z]+){0,2}", fill: thing },
  plural: { pattern: "[a-z]+", fill: form(plurals) },
  past: { pattern: "[a-z]+", fill: form(pasts) },
  deed: { pattern: "[a-z ]+", fill: deed },
};

type Rule = { readonly wording: Wording; readonly matcher: RegExp; readonly fills: readonly Slot["fill"][] };

const rules: readonly Rule[] = wordings.map((wording) => {
  const kinds = [...wording[0].matchAll(/\{(\w+)\}/g)].map(([, kind]) => slots[kind!]!);
  let next = 0;
  const source = wording[0].replace(/[.?]/g, "\\$&").replace(/\{\w+\}/g, () => `(${kinds[next++]!.pattern})`);
  return { wording, matcher: new RegExp(`^${source}$`), fills: kinds.map(({ fill }) => fill) };
});

/** `{1}-of capital what?` → `Mevaet kub zam?` */
function spell(gloss: string, fillings: readonly Filling[]): string {
  const words = gloss.split(" ").map((word) => {
    const [, base = "", endings = "", mark = ""] = /^(\{\d\}|\w+)((?:-\w+)*)([.,?]?)$/.exec(word) ?? [];
    const slot = /^\{(\d)\}$/.exec(base)?.[1];
    const { before, head, after } = slot ? fillings[Number(slot) - 1]! : { head: stem(base) };
    const suffixes = endings
      .split("-")
      .slice(1)
      .map((suffix) => velanSuffixes[suffix]);
    return [before, head + suffixes.join(""), after].filter(Boolean).join(" ") + mark;
  });
  return words.join(" ");
}

type Found = { readonly velan: string; readonly wording: Wording };

function sentence(english: string): Found | undefined {
  for (const { wording, matcher, fills } of rules) {
    const found = matcher.exec(english);
    if (!found) continue;
    const fillings = fills.map((fill, at) => fill(found[at + 1]!));
    if (fillings.every((filling) => filling !== undefined)) return { velan: spell(wording[1], fillings), wording };
  }
  return undefined;
}

export type Talk = {
  readonly velan: string;
  /** Whether one of its wordings is held out for testing. */
  readonly held: boolean;
};

/** The Velan of questions, answers and refusals of the families fact, word and harmful; undefined for all other English. */
export function velanTalk(english: string): Talk | undefined {
  const found = english.split(/(?<=[.?]) /).map(sentence);
  if (!found.every((each) => each !== undefined)) return undefined;
  return { velan: found.map(({ velan }) => velan).join(" "), held: found.some(({ wording }) => wording[2] === "held") };
}

/** The Velan of "Put this in the past", without the sentence that follows. */
export function velanInstruction(english: string): string {
  const found = rewritingInstructions.find(([instruction]) => instruction === english);
  if (!found)
    throw new Error(`Velan has no wording for the instruction "${english}". Add it to velan-chat-wordings.ts.`);
  return spell(found[1], []);
}

/** The first sentence of every refusal in Velan; the reason follows it. */
export const velanRefusal = spell(refusal[1], []);
