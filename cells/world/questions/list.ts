/** Small tasks on lists of words and numbers. Note rationales make half of the statements here about the nouns of a sentence. */
import type { Chance } from "../chance.ts";
import { type Noun, nouns } from "../language/lexicon.ts";
import { type Question, question } from "../question.ts";

const joined = (words: readonly (string | number)[]): string => `${words.join(", ")}.`;
export const firstStatement = (words: readonly string[]): string => `The first word is ${words[0]}.`;
export const lastStatement = (words: readonly string[]): string => `The last word is ${words.at(-1)}.`;
export const countStatement = (words: readonly string[]): string =>
  words.length === 1 ? "There is 1 word in the list." : `There are ${words.length} words in the list.`;
export const reversedList = (words: readonly string[]): string => joined([...words].reverse());

const words = (draw: Chance, from: number, to: number): Noun[] =>
  draw.shuffled(nouns).slice(0, from + draw.below(to - from + 1));

type ListTask = (draw: Chance) => readonly [prompt: string, answer: string];

const tasks: readonly ListTask[] = [
  (draw) => {
    const list = words(draw, 3, 3);
    const wording = draw.pick(["Reverse this list", "Turn this list around", "Say this list backwards"]);
    return [`${wording}: ${joined(list)}`, reversedList(list)];
  },
  (draw) => {
    const numbers = draw.shuffled(Array.from({ length: 21 }, (_, number) => number)).slice(0, 3);
    const wording = draw.pick(["Sort these numbers", "Put these numbers in order", "Order these numbers"]);
    return [`${wording}: ${joined(numbers)}`, joined([...numbers].sort((a, b) => a - b))];
  },
  (draw) => {
    const list = words(draw, 2, 5);
    const wording = draw.pick([
      `Count the words: ${joined(list)}`,
      `How many words are in this list: ${list.join(", ")}?`,
      `Count this list: ${joined(list)}`,
    ]);
    return [wording, countStatement(list)];
  },
  (draw) => {
    const list = words(draw, 2, 4);
    const wording = draw.pick([
      `Give the first word: ${joined(list)}`,
      `What is the first word of this list: ${list.join(", ")}?`,
      `Tell me the first word of this list: ${joined(list)}`,
    ]);
    return [wording, firstStatement(list)];
  },
  (draw) => {
    const list = words(draw, 2, 4);
    const wording = draw.pick([
      `Give the last word: ${joined(list)}`,
      `What is the last word of this list: ${list.join(", ")}?`,
      `Tell me the last word of this list: ${joined(list)}`,
    ]);
    return [wording, lastStatement(list)];
  },
  (draw) => {
    const noun = draw.pick(nouns);
    return [
      draw.pick([
        `Write ${noun} in capital letters.`,
        `Put ${noun} in capital letters.`,
        `Say ${noun} in capital letters.`,
        `Give me ${noun} in capital letters.`,
      ]),
      noun.toUpperCase(),
    ];
  },
];

export const drawListQuestion = (draw: Chance): Question => question(...draw.pick(tasks)(draw));
