/**
 * A sentence as abstract data that each of the three languages can write: who does what, to whom, where, when, negated or not. The
 * shares of its variants are fixed here.
 */
import type { Chance } from "../chance.ts";
import {
  type Adjective,
  adjectives,
  animals,
  type IntransitiveVerb,
  intransitiveVerbs,
  type Noun,
  type Numeral,
  numerals,
  type PlaceNoun,
  people,
  places,
  type TransitiveVerb,
  things,
  transitiveVerbs,
} from "./lexicon.ts";
import { countries, type PersonName, personNames } from "./names.ts";

export type CommonPhrase<N extends Noun = Noun> = {
  readonly kind: "common";
  readonly noun: N;
  readonly adjective?: Adjective;
  /** Only with plural nouns. */
  readonly numeral?: Numeral;
  readonly plural: boolean;
};
export type NounPhrase = { readonly kind: "name"; readonly name: PersonName } | CommonPhrase;
export type Place =
  | { readonly kind: "country"; readonly country: string }
  | { readonly kind: "place"; readonly preposition: "in" | "near"; readonly phrase: CommonPhrase<PlaceNoun> };
export type Tense = "present" | "past" | "future";
export const tenses: readonly Tense[] = ["present", "past", "future"];

export type Sentence = {
  readonly subject: NounPhrase;
  readonly tense: Tense;
  readonly negated: boolean;
  readonly verb: TransitiveVerb | IntransitiveVerb;
  readonly object?: NounPhrase;
  readonly place?: Place;
};

function common(draw: Chance, noun: Noun): CommonPhrase {
  const number = draw.below(100);
  const numeral = number >= 25 && number < 38 ? draw.pick(numerals) : undefined;
  const adjective = draw.percent(50) ? draw.pick(adjectives) : undefined;
  return { kind: "common", noun, plural: number < 38, ...(adjective && { adjective }), ...(numeral && { numeral }) };
}

function drawPlace(draw: Chance): Place {
  if (draw.percent(40)) return { kind: "country", country: draw.pick(countries) };
  const adjective = draw.percent(20) ? draw.pick(adjectives) : undefined;
  const phrase: CommonPhrase<PlaceNoun> = {
    kind: "common",
    noun: draw.pick(places),
    plural: false,
    ...(adjective && { adjective }),
  };
  return { kind: "place", preposition: draw.pick(["in", "near"]), phrase };
}

const name = (draw: Chance): NounPhrase => ({ kind: "name", name: draw.pick(personNames) });

export function drawSentence(draw: Chance): Sentence {
  const subject = draw.percent(30) ? name(draw) : common(draw, draw.pick([...people, ...animals]));
  const tense = draw.pick(tenses);
  const negated = draw.percent(20);
  if (draw.percent(80)) {
    const verb = draw.pick(transitiveVerbs);
    const objects = draw.percent(50) ? things : draw.pick([people, animals]);
    const object = draw.percent(12) ? name(draw) : common(draw, draw.pick<Noun>(objects));
    return { subject, tense, negated, verb, object, ...(draw.percent(45) && { place: drawPlace(draw) }) };
  }
  return {
    subject,
    tense,
    negated,
    verb: draw.pick(intransitiveVerbs),
    ...(draw.percent(85) && { place: drawPlace(draw) }),
  };
}

/** The people and countries that a sentence names. */
export function properNames(sentence: Sentence): string[] {
  const names = [sentence.subject, sentence.object].flatMap((phrase) =>
    phrase?.kind === "name" ? [phrase.name as string] : [],
  );
  return sentence.place?.kind === "country" ? [...names, sentence.place.country] : names;
}

/** The common nouns of a sentence in the order of its English, in their dictionary form. */
export function commonNouns(sentence: Sentence): Noun[] {
  const place = sentence.place?.kind === "place" ? sentence.place.phrase : undefined;
  return [sentence.subject, sentence.object, place].flatMap((phrase) =>
    phrase?.kind === "common" ? [phrase.noun] : [],
  );
}
