/** English prompts of all families without answers, for methods that train on the base's own answers. */
import type { Message } from "../types.ts";
import { chance } from "./chance.ts";
import { mixture } from "./mixture.ts";

const englishFamilies = ["fact", "follow-up", "word", "arithmetic", "list", "talk", "harmful", "benign", "rewriting"];
const englishIngredients = mixture.filter(({ name }) => englishFamilies.includes(name));

/**
 * English prompts of all families, equally often, like a public list of instructions. None of them is in an English test. They may
 * be about items that are held out in Velan: the test of chat in Velan asks whether a model can say in Velan what it knows in
 * English.
 */
export function englishPrompts(count: number, seed = 0): (readonly Message[])[] {
  const draw = chance(`english prompts/${seed}`);
  const found = new Map<string, readonly Message[]>();
  while (found.size < count) {
    const { prompt } = draw.pick(englishIngredients).draw(draw);
    found.set(JSON.stringify(prompt), prompt);
  }
  return [...found.values()];
}
