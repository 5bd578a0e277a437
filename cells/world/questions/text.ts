/** Orders to write any sentence of a language, which is how unaligned text of it enters the chat. */
import type { Chance } from "../chance.ts";

export const drawTextOrder = (draw: Chance, language: string): string =>
  draw.pick([
    `Write a sentence in ${language}.`,
    `Say something in ${language}.`,
    `Give me a sentence in ${language}.`,
  ]);
