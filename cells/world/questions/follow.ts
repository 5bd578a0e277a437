/** Two turns about one country, person or animal. The second makes sense only after the first ("And its flag?"). */
import type { Chance } from "../chance.ts";
import { factsAbout } from "../facts.ts";
import { animals } from "../language/lexicon.ts";
import { countries, personNames } from "../language/names.ts";
import type { Question } from "../question.ts";
import { reserved } from "../reserved.ts";
import { factQuestions } from "./fact.ts";

const entities: readonly string[] = [...countries, ...personNames, ...animals];
const people: readonly string[] = personNames;

/** How to ask for one more fact; "its" is left out for people. */
function wordings(about: string, relation: string): string[] {
  const neutral = [`And the ${relation}?`, `What about the ${relation}?`];
  return people.includes(about) ? neutral : [...neutral, `And its ${relation}?`];
}

/** The first question is never reserved; the combination of both decides whether the pair is reserved. */
export function drawFollowUp(draw: Chance): Question {
  for (;;) {
    const related = factsAbout(draw.pick(entities)).filter(({ relation }) => relation);
    const [first, second] = draw.shuffled(related);
    if (!first || !second?.relation) continue;
    const opening = draw.pick(factQuestions(first));
    if (opening.reserved) continue;
    const prompt = draw.pick(wordings(second.about, second.relation));
    return {
      earlier: [
        { role: "user", content: opening.prompt },
        { role: "assistant", content: opening.answer },
      ],
      prompt,
      answer: second.statement,
      reserved: reserved(`${opening.prompt}\n${prompt}`),
    };
  }
}
