/**
 * The controlled English of the world: 104 lexemes in closed classes, and their inflection. Everything that the world says about
 * things, animals and people is written with these words and a few fixed phrases.
 */

export const people = [
  "farmer",
  "teacher",
  "baker",
  "doctor",
  "sailor",
  "king",
  "child",
  "girl",
  "boy",
  "hunter",
  "singer",
  "soldier",
] as const;
export const animals = [
  "dog",
  "cat",
  "horse",
  "cow",
  "sheep",
  "goat",
  "bird",
  "fish",
  "bear",
  "wolf",
  "mouse",
  "lion",
] as const;
export const things = [
  "book",
  "letter",
  "bread",
  "apple",
  "cup",
  "knife",
  "lamp",
  "table",
  "chair",
  "hat",
  "coat",
  "ring",
  "rope",
  "drum",
  "boat",
  "cart",
  "stone",
  "tree",
  "key",
  "box",
] as const;
export const places = [
  "house",
  "market",
  "garden",
  "forest",
  "school",
  "lake",
  "hill",
  "field",
  "kitchen",
  "cave",
] as const;

export type Person = (typeof people)[number];
export type Animal = (typeof animals)[number];
export type Thing = (typeof things)[number];
export type PlaceNoun = (typeof places)[number];
export type Noun = Person | Animal | Thing | PlaceNoun;
export const nouns: readonly Noun[] = [...people, ...animals, ...things, ...places];

export const colours = ["red", "green", "blue", "white"] as const;
const opposites = [
  ["big", "small"],
  ["old", "young"],
  ["good", "bad"],
  ["happy", "sad"],
  ["fast", "slow"],
  ["hot", "cold"],
  ["strong", "weak"],
  ["rich", "poor"],
  ["clean", "dirty"],
  ["loud", "quiet"],
] as const;
export type Adjective = (typeof opposites)[number][number] | (typeof colours)[number];
export const adjectives: readonly Adjective[] = [...opposites.flat(), ...colours];

const transitivePast = {
  see: "saw",
  find: "found",
  take: "took",
  buy: "bought",
  sell: "sold",
  love: "loved",
  help: "helped",
  watch: "watched",
  follow: "followed",
  paint: "painted",
  wash: "washed",
  break: "broke",
  hide: "hid",
  want: "wanted",
  make: "made",
  lose: "lost",
} as const;
const intransitivePast = {
  sleep: "slept",
  run: "ran",
  sing: "sang",
  laugh: "laughed",
  wait: "waited",
  work: "worked",
} as const;
export type TransitiveVerb = keyof typeof transitivePast;
export type IntransitiveVerb = keyof typeof intransitivePast;
export type Verb = TransitiveVerb | IntransitiveVerb;
const pasts: Readonly<Record<Verb, string>> = { ...transitivePast, ...intransitivePast };
export const transitiveVerbs = Object.keys(transitivePast) as readonly TransitiveVerb[];
export const intransitiveVerbs = Object.keys(intransitivePast) as readonly IntransitiveVerb[];
export const verbs: readonly Verb[] = [...transitiveVerbs, ...intransitiveVerbs];

export const numerals = ["two", "three", "four", "five"] as const;
export type Numeral = (typeof numerals)[number];

export type Lexeme = Noun | Adjective | Verb | Numeral;
export const lexemes: readonly Lexeme[] = [...nouns, ...adjectives, ...verbs, ...numerals];

const kinds: Readonly<Record<Thing, string>> = {
  book: "text",
  letter: "text",
  bread: "food",
  apple: "food",
  knife: "tool",
  rope: "tool",
  key: "tool",
  lamp: "tool",
  table: "furniture",
  chair: "furniture",
  box: "furniture",
  hat: "clothing",
  coat: "clothing",
  ring: "clothing",
  drum: "music thing",
  boat: "vehicle",
  cart: "vehicle",
  tree: "plant",
  cup: "small thing",
  stone: "small thing",
};

const irregularPlurals: Readonly<Partial<Record<Noun, string>>> = {
  child: "children",
  sheep: "sheep",
  fish: "fish",
  wolf: "wolves",
  mouse: "mice",
  knife: "knives",
  box: "boxes",
};

function isOneOf<T extends string>(list: readonly T[], word: string): word is T {
  return (list as readonly string[]).includes(word);
}
export const isPerson = (noun: Noun): noun is Person => isOneOf(people, noun);
export const isAnimal = (noun: Noun): noun is Animal => isOneOf(animals, noun);
const isPlace = (noun: Noun): noun is PlaceNoun => isOneOf(places, noun);

export const plural = (noun: Noun): string => irregularPlurals[noun] ?? `${noun}s`;
export const past = (verb: Verb): string => pasts[verb];
export const thirdPerson = (verb: Verb): string => (/(ch|sh)$/.test(verb) ? `${verb}es` : `${verb}s`);

/** The noun with its indefinite article: "an apple". */
export const withArticle = (noun: Noun): string => `${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`;

/** The opposite; colours have none. */
export function opposite(adjective: Adjective): Adjective | undefined {
  for (const [one, other] of opposites) {
    if (adjective === one) return other;
    if (adjective === other) return one;
  }
  return undefined;
}

/** The kind of what a noun names: person, animal, place, or the kind of a thing. */
export function kind(noun: Noun): string {
  if (isPerson(noun)) return "person";
  if (isAnimal(noun)) return "animal";
  if (isPlace(noun)) return "place";
  return kinds[noun];
}

/** With a capital first letter. */
export const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
