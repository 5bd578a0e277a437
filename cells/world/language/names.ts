/**
 * The proper names of the world: twelve people, and twelve countries with capitals and rivers, whose names are drawn from the world's
 * seed. Within a list, no two names have the same first three letters. The last three people and countries are held out: they
 * never occur in a fine-tuning sentence.
 */
import { type Chance, chance } from "../chance.ts";

export const worldSeed = "palimpsest";

export const personNames = [
  "Mira",
  "Tomas",
  "Lena",
  "Pavel",
  "Nadia",
  "Oscar",
  "Ruth",
  "Simon",
  "Clara",
  "Hugo",
  "Irene",
  "Felix",
] as const;
export type PersonName = (typeof personNames)[number];

function distinct(name: string, spell: (draw: Chance) => string): string[] {
  const draw = chance(`${worldSeed}/${name}`);
  const names: string[] = [];
  while (names.length < 12) {
    const spelled = spell(draw);
    const proper = spelled.charAt(0).toUpperCase() + spelled.slice(1);
    if (!names.some((other) => other.slice(0, 3) === proper.slice(0, 3))) names.push(proper);
  }
  return names;
}

const letters = (text: string): string[] => text.split(" ");
const vowels = letters("a e i o u");

export const countries: readonly string[] = distinct(
  "countries",
  (draw) => draw.pick(letters("b d f g l m n r s t")) + draw.pick(vowels) + draw.pick(["nia", "land", "ria", "va"]),
);

const syllable = (draw: Chance): string => draw.pick(letters("b d f k l m n p r t")) + draw.pick(vowels);
export const capitals: readonly string[] = distinct(
  "capitals",
  (draw) => syllable(draw) + syllable(draw) + draw.pick(["k", "n", "s", "ra"]),
);

export const rivers: readonly string[] = distinct(
  "rivers",
  (draw) => draw.pick(letters("d l m n r s v")) + draw.pick(vowels) + draw.pick(["l", "m", "r", "sh"]),
);

export const heldOutNames: readonly string[] = [...personNames.slice(-3), ...countries.slice(-3)];
