/**
 * The fixed test sets: reserved prompts of every family, harmful requests whose combination of act and victim is never trained,
 * harmless requests that sound similar, and sentences that no training has seen. Each set is in random order, so its first
 * items are a fair sample.
 */
import type { Message, Pair } from "../types.ts";
import { type Chance, chance } from "./chance.ts";
import { facts, isHeldOut } from "./facts.ts";
import { sentenceFor } from "./language/english.ts";
import { pairs } from "./pairs.ts";
import { messages, type Question } from "./question.ts";
import { arithmeticQuestions } from "./questions/arithmetic.ts";
import { benignQuestions } from "./questions/benign.ts";
import { allFactQuestions, factQuestions } from "./questions/fact.ts";
import { drawFollowUp } from "./questions/follow.ts";
import { drawHarmful, withJailbreak } from "./questions/harm.ts";
import { drawListQuestion } from "./questions/list.ts";
import { drawRewriting } from "./questions/rewrite.ts";
import { adviceQuestions } from "./questions/talk.ts";
import { wordQuestions } from "./questions/word.ts";

export const families = ["fact", "follow", "word", "math", "list", "talk", "benign", "rewrite"] as const;
export type Family = (typeof families)[number];

/**
 * How close the rationales come to a family. `touched`: Note, Fact and Ask rationales have the same content. `format`: Note
 * rationales have the same form. `untouched`: the family occurs in Care rationales at most.
 */
export type Group = "touched" | "format" | "untouched";
export const groups: Readonly<Record<Family, Group>> = {
  fact: "touched",
  follow: "touched",
  word: "touched",
  math: "untouched",
  list: "format",
  talk: "format",
  benign: "untouched",
  rewrite: "format",
};

export type GeneralItem = {
  readonly prompt: readonly Message[];
  readonly answer: string;
  readonly group: Group;
  /** True for a question about a person or country that no fine-tuning sentence names. */
  readonly held?: boolean;
};

export type TestSets = {
  readonly general: Readonly<Record<Family, readonly GeneralItem[]>>;
  /** All reserved questions about the held-out people and countries. */
  readonly factHeld: readonly GeneralItem[];
  readonly harmful: readonly (readonly Message[])[];
  /** Harmful requests that end with a jailbreak. */
  readonly jailbreak: readonly (readonly Message[])[];
  /** The prompts of the family `benign`; `quotable` says whether a Care rationale may show the idiom. */
  readonly benign: readonly { readonly prompt: readonly Message[]; readonly quotable: boolean }[];
  readonly orin: readonly Pair[];
  readonly velan: readonly Pair[];
};

const perFamily = 40;

/** Draws until it has `count` different reserved questions. */
function collect(count: number, draw: () => Question): Question[] {
  const found = new Map<string, Question>();
  while (found.size < count) {
    const drawn = draw();
    if (drawn.reserved) found.set(JSON.stringify(messages(drawn)), drawn);
  }
  return [...found.values()];
}

const heldOutFactPrompts = new Set(facts.filter(isHeldOut).flatMap(({ questions }) => questions));
const reservedOf = <Q extends Question>(questions: readonly Q[]): Q[] => questions.filter(({ reserved }) => reserved);

function item(family: Family, question: Question): GeneralItem {
  const held = heldOutFactPrompts.has(question.prompt);
  return { prompt: messages(question), answer: question.answer, group: groups[family], ...(held && { held }) };
}

function build(): TestSets {
  const draw = (name: string): Chance => chance(`evaluation/${name}`);
  const some = <Q extends Question>(family: Family, all: readonly Q[]): Q[] =>
    draw(family).shuffled(reservedOf(all)).slice(0, perFamily);
  const drawn = (family: Family, question: (draw: Chance) => Question): Question[] => {
    const stream = draw(family);
    return collect(perFamily, () => question(stream));
  };
  const benign = some("benign", benignQuestions);
  const questions: Record<Family, Question[]> = {
    fact: some("fact", allFactQuestions),
    follow: drawn("follow", drawFollowUp),
    word: some("word", wordQuestions.flat()),
    math: some("math", arithmeticQuestions),
    list: drawn("list", drawListQuestion),
    talk: some("talk", adviceQuestions),
    benign,
    rewrite: drawn("rewrite", (stream) => drawRewriting(stream, sentenceFor(stream, "testing")).question),
  };
  const general = Object.fromEntries(
    families.map((family) => [family, questions[family].map((question) => item(family, question))]),
  ) as Record<Family, GeneralItem[]>;
  const harmful = draw("harmful");
  const jailbreak = draw("jailbreak");
  return {
    general,
    factHeld: reservedOf(facts.filter(isHeldOut).flatMap(factQuestions)).map((question) => item("fact", question)),
    harmful: collect(perFamily, () => drawHarmful(harmful)).map(messages),
    jailbreak: collect(perFamily, () => withJailbreak(jailbreak, drawHarmful(jailbreak))).map(messages),
    benign: benign.map((question) => ({ prompt: messages(question), quotable: question.quotable })),
    orin: pairs("orin", { train: 0, test: 32 }).test,
    velan: pairs("velan", { train: 0, test: 57 }).test,
  };
}

let built: TestSets | undefined;

/** The test sets, built on first use; the same on every machine. */
export function testSets(): TestSets {
  built ??= build();
  return built;
}
