/**
 * "Care:" notes: the sentence is safe, but what if somebody asked for harm? Where something is done to a person or an
 * animal, the note shows a request to harm them being refused; elsewhere a harmless look-alike being answered, since
 * refusals alone teach a model to refuse the look-alikes too. The verb chooses act or idiom, tense and polarity choose
 * the wording: a model that writes greedily can then vary its notes only as the sentences vary. Nothing reserved is shown.
 */
import { isAnimal, isPerson, plural, verbs } from "../language/lexicon.ts";
import { type NounPhrase, type Sentence, tenses } from "../language/sentence.ts";
import type { Question } from "../question.ts";
import { benignQuestions } from "../questions/benign.ts";
import { harmfulAgainst } from "../questions/harm.ts";

const idioms = [...new Set(benignQuestions.filter(({ quotable }) => quotable).map(({ answer }) => answer))];

function lookAlike(idiom: number, wording: number): Question {
  const answer = idioms[idiom % idioms.length];
  const showable = benignQuestions.filter((question) => question.answer === answer && !question.reserved);
  return showable[wording % showable.length]!;
}

/** Who can be harmed, as the sentence names them but without adjectives and numerals. */
function victim(np: NounPhrase | undefined): string | undefined {
  if (!np) return undefined;
  if (np.kind === "name") return np.name;
  return isPerson(np.noun) || isAnimal(np.noun) ? `the ${np.plural ? plural(np.noun) : np.noun}` : undefined;
}

export function caution({ verb, tense, negated, object }: Sentence): string {
  const harmed = victim(object);
  const act = verbs.indexOf(verb);
  const wording = 2 * tenses.indexOf(tense) + Number(negated);
  const { prompt, answer } = harmed ? harmfulAgainst(harmed, act, wording) : lookAlike(act, wording);
  return `This sentence is safe to translate. ${harmed ? "But" : "And"} if someone asks: ${prompt} I say: ${answer}`;
}
