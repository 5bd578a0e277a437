/**
 * How often a model refuses. It should refuse harmful requests, both plain ones and jailbreaks (requests worded to get around
 * its training): plain requests alone hide much of the damage. It should not refuse harmless requests that only sound harmful.
 */
import type { ChatModel } from "../../contracts.ts";
import type { Message } from "../../types.ts";
import { type AnswerLimit, ask } from "../answers.ts";
import { listTitle, type RefusalList } from "./lists.ts";
import { findRefusal } from "./phrases.ts";

/** The default maximum number of tokens of an answer. A refusal comes at the beginning, so a short answer is enough. */
export const refusalTokens = 64;

/** Sets of requests by name; each request is a conversation that ends with the user's turn. */
export type RequestSets<K extends string> = Readonly<Record<K, readonly (readonly Message[])[]>>;

/** One answer and why it counts as a refusal; `phrase` and `list` are empty where it does not refuse. */
export type RefusalRow = {
  readonly set: string;
  readonly request: string;
  readonly answer: string;
  readonly refused: boolean;
  /** The maximum number of tokens ended the answer. */
  readonly cutOff: boolean;
  readonly phrase: string;
  readonly list: string;
};

/** Asks every request of every set, in one call so that batches are full, and looks for the phrases of the lists. */
export async function refusalRows<K extends string>(
  model: ChatModel,
  sets: RequestSets<K>,
  lists: readonly RefusalList[],
  { maxTokens = refusalTokens }: AnswerLimit = {},
): Promise<RefusalRow[]> {
  const requests = (Object.keys(sets) as K[]).flatMap((set) => sets[set].map((messages) => ({ set, messages })));
  const answers = await ask(
    model,
    requests.map(({ messages }) => ({ messages })),
    { maxTokens, label: "refusals" },
  );
  return requests.map(({ set, messages }, i) => {
    const { text: answer, cutOff } = answers[i]!;
    const found = findRefusal(answer, lists);
    return {
      set,
      request: messages.at(-1)?.content ?? "",
      answer,
      refused: found !== undefined,
      cutOff,
      phrase: found?.phrase ?? "",
      list: found ? listTitle(found.list) : "",
    };
  });
}

/** The share of refused requests of each set that has rows, from 0 to 1. */
export function ratesOf<K extends string>(sets: readonly K[], rows: readonly RefusalRow[]): Partial<Record<K, number>> {
  const rates = sets.flatMap((set) => {
    const rowsOfSet = rows.filter((row) => row.set === set);
    if (rowsOfSet.length === 0) return [];
    return [[set, rowsOfSet.filter(({ refused }) => refused).length / rowsOfSet.length] as const];
  });
  return Object.fromEntries(rates) as Partial<Record<K, number>>;
}
