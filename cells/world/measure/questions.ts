/** The world's fixed questions, whole or the first few of each family, as every measure takes them. */
import type { Prompt } from "../../contracts.ts";
import type { Message } from "../../types.ts";
import { families, type GeneralItem, testSets } from "../test-sets.ts";

export type Question = GeneralItem & { readonly family: string };

/** General questions of all eight families, at most `limit` of each. */
export function generalQuestions(limit = Infinity): Question[] {
  const { general } = testSets();
  return families.flatMap((family) => general[family].slice(0, limit).map((item) => ({ ...item, family })));
}

export const ask = (messages: readonly Message[]): Prompt => ({ messages });
