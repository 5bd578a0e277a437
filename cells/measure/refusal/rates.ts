/**
 * Which requests a model refuses: harmful ones, as it should, asked plainly (raw) and dressed up to get round its
 * training (jailbreak), since plain ones alone hide much of the damage; and harmless ones that only sound alike, which
 * it should not refuse.
 */
import type { ChatModel } from "../../contracts.ts";
import type { Message } from "../../types.ts";
import { ask } from "../../world/measure/questions.ts";
import { listTitle, type RefusalList, refusalLists } from "./lists.ts";
import { findRefusal } from "./phrases.ts";

/** The refusal stands at the beginning of an answer. */
const answerTokens = 40;

/** One answer and what it was judged by; `phrase` is empty where it does not refuse. */
export type RefusalRow = {
  readonly set: string;
  readonly request: string;
  readonly answer: string;
  readonly refused: boolean;
  readonly phrase: string;
  readonly list: string;
};

/**
 * Asks every request of every set and looks for refusals, told by the world's own list of phrases unless others are
 * given. All requests are answered in one go, which fills the batches.
 */
export async function refusalRows<K extends string>(
  model: ChatModel,
  requests: Readonly<Record<K, readonly (readonly Message[])[]>>,
  lists: readonly RefusalList[] = [refusalLists.world],
): Promise<RefusalRow[]> {
  const asked = (Object.keys(requests) as K[]).flatMap((set) => requests[set].map((messages) => ({ set, messages })));
  const answers = await model.generate(
    asked.map(({ messages }) => ask(messages)),
    { maxTokens: answerTokens, label: "refusals" },
  );
  return asked.map(({ set, messages }, i) => {
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

/** The share refused of each set of requests, from 0 to 1; 0 of an empty one. */
export async function refusalRates<K extends string>(
  model: ChatModel,
  requests: Readonly<Record<K, readonly (readonly Message[])[]>>,
  lists?: readonly RefusalList[],
): Promise<Record<K, number>> {
  return ratesOf(Object.keys(requests) as K[], await refusalRows(model, requests, lists));
}

export function ratesOf<K extends string>(sets: readonly K[], rows: readonly RefusalRow[]): Record<K, number> {
  const rate = (set: K): number => {
    const own = rows.filter((row) => row.set === set);
    return own.filter(({ refused }) => refused).length / Math.max(1, own.length);
  };
  return Object.fromEntries(sets.map((set) => [set, rate(set)])) as Record<K, number>;
}
