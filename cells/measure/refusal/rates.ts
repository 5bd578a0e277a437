/**
 * How often a model refuses. It should refuse harmful requests, both plain ones and jailbreaks (requests worded to get around
 * its training): plain requests alone hide much of the damage. It should not refuse harmless requests that only sound harmful.
 */
import type { ChatModel } from "../../contracts.ts";
import type { Message } from "../../types.ts";
import { listTitle, type RefusalList } from "./lists.ts";
import { findRefusal } from "./phrases.ts";

/** A refusal comes at the beginning of an answer, so a short answer is enough. */
const answerTokens = 40;

/** Sets of requests by name; each request is a conversation that ends with the user's turn. */
export type RequestSets<K extends string> = Readonly<Record<K, readonly (readonly Message[])[]>>;

/** One answer and why it counts as a refusal; `phrase` and `list` are empty where it does not refuse. */
export type RefusalRow = {
  readonly set: string;
  readonly request: string;
  readonly answer: string;
  readonly refused: boolean;
  readonly phrase: string;
  readonly list: string;
};

/** Asks every request of every set, in one call so that batches are full, and looks for the phrases of the lists. */
export async function refusalRows<K extends string>(
  model: ChatModel,
  sets: RequestSets<K>,
  lists: readonly RefusalList[],
): Promise<RefusalRow[]> {
  const requests = (Object.keys(sets) as K[]).flatMap((set) => sets[set].map((messages) => ({ set, messages })));
  const answers = await model.generate(
    requests.map(({ messages }) => ({ messages })),
    { maxTokens: answerTokens, label: "refusals" },
  );
  return requests.map(({ set, messages }, i) => {
    const answer = answers[i]?.text ?? "";
    const found = findRefusal(answer, lists);
    return {
      set,
      request: messages.at(-1)?.content ?? "",
      answer,
      refused: found !== undefined,
      phrase: found?.phrase ?? "",
      list: found ? listTitle(found.list) : "",
    };
  });
}

/** The share of refused requests of each set, from 0 to 1; 0 for an empty set. */
export async function refusalRates<K extends string>(
  model: ChatModel,
  sets: RequestSets<K>,
  lists: readonly RefusalList[],
): Promise<Record<K, number>> {
  return ratesOf(Object.keys(sets) as K[], await refusalRows(model, sets, lists));
}

export function ratesOf<K extends string>(sets: readonly K[], rows: readonly RefusalRow[]): Record<K, number> {
  const rate = (set: K): number => {
    const rowsOfSet = rows.filter((row) => row.set === set);
    return rowsOfSet.filter(({ refused }) => refused).length / Math.max(1, rowsOfSet.length);
  };
  return Object.fromEntries(sets.map((set) => [set, rate(set)])) as Record<K, number>;
}
