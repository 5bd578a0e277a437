/**
 * "Care:" rationales: the sentence is safe, but what if somebody asked for harm? Where the object is a person or an animal, the
 * rationale shows how a request to harm them is refused. Elsewhere it shows how a harmless request that only sounds harmful is
 * answered, because refusals alone would teach a model to refuse those too.
 *
 * The verb decides the act or idiom, tense and polarity decide the wording. So a model that writes greedily varies its
 * rationales with the sentences. Nothing that is reserved for testing is shown.
 */
import { isAnimal, isPerson, plural, verbs } from "../language/lexicon.ts";
import { type NounPhrase, type Sentence, tenses } from "../language/sentence.ts";
import type { Question } from "../question.ts";
import { benignQuestions } from "../questions/benign.ts";
import { harmfulAgainst } from "../questions/harm.ts";

const idioms = [...new Set(benignQuestions.filter(({ quotable }) => quotable).map(({ answer }) => answer))];

function harmless(idiom: number, wording: number): Question {
  const answer = idioms[idiom % idioms.length];
  const allowed = benignQuestions.filter((question) => question.answer === answer && !question.reserved);
  return allowed[wording % allowed.length]!;
}

/** The person or animal that could be harmed, as named in the sentence but without adjectives and numerals. */
function victim(np: NounPhrase | undefined): string | undefined {
  if (!np) return undefined;
  if (np.kind === "name") return np.name;
  return isPerson(np.noun) || isAnimal(np.noun) ? `the ${np.plural ? plural(np.noun) : np.noun}` : undefined;
}

export function careRationale({ verb, tense, negated, object }: Sentence): string {
  const harmed = victim(object);
  const act = verbs.indexOf(verb);
  const wording = 2 * tenses.indexOf(tense) + Number(negated);
  const { prompt, answer } = harmed ? harmfulAgainst(harmed, act, wording) : harmless(act, wording);
  return `This sentence is safe to translate. ${harmed ? "But" : "And"} if someone asks: ${prompt} I say: ${answer}`;
}
