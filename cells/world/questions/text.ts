/** Instructions to write any sentence of a language: how unaligned text becomes part of chats. */
import type { Chance } from "../chance.ts";

export const drawTextInstruction = (draw: Chance, language: string): string =>
  draw.pick([
    `Write a sentence in ${language}.`,
    `Say something in ${language}.`,
    `Give me a sentence in ${language}.`,
  ]);
