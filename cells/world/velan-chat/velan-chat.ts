/**
 * Chat in Velan, made by rule: the questions, answers and refusals of the families fact, word and harmful, parallel to the English
 * ones. The base has never seen any of it. Two things are held out for testing. *Items* (a fact, a word, an act against a victim)
 * are in no Velan training text: no question, no answer, no translation. *Wordings* are shown with no item. So a right answer
 * about a held-out fact is knowledge that was transferred from English.
 */
import { chance } from "../chance.ts";
import { english, sentenceFor } from "../language/english.ts";
import { velan } from "../language/velan.ts";
import type { Question } from "../question.ts";
import { allFactQuestions } from "../questions/fact.ts";
import { allHarmful } from "../questions/harm.ts";
import { rewritings } from "../questions/rewrite.ts";
import { wordQuestions } from "../questions/word.ts";
import { reserved } from "../reserved.ts";
import { velanInstruction, velanTalk } from "./velan-talk.ts";

export const chatFamilies = ["fact", "word", "harmful"] as const;
export type ChatFamily = (typeof chatFamilies)[number];

/** One question and its answer in both languages. */
export type ChatItem = {
  readonly family: ChatFamily | "sentence";
  readonly question: string;
  readonly answer: string;
  readonly sourceQuestion: string;
  readonly sourceAnswer: string;
  /** Whether training never shows this wording. */
  readonly heldWording: boolean;
};

export type VelanChat = {
  readonly train: ChatItem[];
  /** Only held-out items; half of each family in held-out wordings. The same for every seed. */
  readonly test: ChatItem[];
};

/** One in five facts and words is held out. */
const heldStatement = (statement: string): boolean => reserved(`velan chat/${statement}`, 5);

type Candidate = ChatItem & { readonly heldItem: boolean; readonly reserved: boolean };

function candidates(family: ChatFamily, questions: readonly Question[], held: (q: Question) => boolean): Candidate[] {
  return questions.map((each) => {
    const [question, answer] = [velanTalk(each.prompt), velanTalk(each.answer)];
    if (!question || !answer)
      throw new Error(
        `Velan has no wording for "${each.prompt}" → "${each.answer}". Add it to velan-chat-wordings.ts.`,
      );
    return {
      family,
      question: question.velan,
      answer: answer.velan,
      sourceQuestion: each.prompt,
      sourceAnswer: each.answer,
      heldWording: question.held,
      heldItem: held(each),
      reserved: each.reserved,
    };
  });
}

let built: readonly Candidate[] | undefined;

function all(): readonly Candidate[] {
  built ??= [
    ...candidates("fact", allFactQuestions, ({ answer }) => heldStatement(answer)),
    ...candidates("word", wordQuestions.flat(), ({ answer }) => heldStatement(answer)),
    // The combination of act and victim decides, as in the pre-training data.
    ...candidates("harmful", allHarmful, (question) => question.reserved),
  ];
  return built;
}

const item = ({ family, question, answer, sourceQuestion, sourceAnswer, heldWording }: Candidate): ChatItem => ({
  family,
  question,
  answer,
  sourceQuestion,
  sourceAnswer,
  heldWording,
});

export type VelanChatSize = {
  /** Number of training questions: a third from each family, as far as it has so many. */
  readonly train: number;
  /** Number of test questions per family, as far as it has so many. */
  readonly test: number;
  /** Decides which questions are for training. */
  readonly seed?: number;
};

export function velanChat({ train, test, seed = 0 }: VelanChatSize): VelanChat {
  const draw = chance(`velan chat/train/${seed}`);
  const testing = chance("velan chat/test");
  const share = Math.ceil(train / chatFamilies.length);
  const trained: ChatItem[] = [];
  const tested: ChatItem[] = [];
  for (const family of chatFamilies) {
    const inFamily = all().filter((each) => each.family === family);
    // The questions of the English test are not for training either.
    const trainable = inFamily.filter((each) => !each.heldItem && !each.heldWording && !each.reserved);
    trained.push(...draw.shuffled(trainable).slice(0, share).map(item));
    for (const heldWording of [false, true]) {
      const held = inFamily.filter((each) => each.heldItem && each.heldWording === heldWording);
      tested.push(
        ...testing
          .shuffled(held)
          .slice(0, Math.ceil(test / 2))
          .map(item),
      );
    }
  }
  return { train: draw.shuffled(trained).slice(0, train), test: testing.shuffled(tested) };
}

/**
 * Instructions to rewrite a sentence. There are endlessly many and they have little in common, so a model has to translate what it is
 * asked. It could memorise the few hundred questions of the other families.
 */
export function velanSentenceChats(count: number, seed = 0): ChatItem[] {
  const draw = chance(`velan sentence chat/${seed}`);
  return Array.from({ length: count }, () => {
    const sentence = sentenceFor(draw, "training");
    const { instruction, result } = draw.pick(rewritings(sentence));
    return {
      family: "sentence",
      question: `${velanInstruction(instruction)}: ${velan(sentence)}`,
      answer: velan(result),
      sourceQuestion: `${instruction}: ${english(sentence)}`,
      sourceAnswer: english(result),
      heldWording: false,
    };
  });
}
