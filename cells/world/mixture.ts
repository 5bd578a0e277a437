/**
 * What the base is trained on: an endless stream of samples in fixed shares. Every sample is drawn from a seed of its
 * own, so that a training can go on at any position without having read the stream before it.
 */
import type { Message, Sample, Segment } from "../types.ts";
import { type Chance, chance } from "./chance.ts";
import { sentenceFor } from "./language/english.ts";
import { type Language, languages } from "./language/languages.ts";
import { noteSegments, noteStyles } from "./notes/note.ts";
import { messages, type Question } from "./question.ts";
import { arithmeticQuestions } from "./questions/arithmetic.ts";
import { benignQuestions } from "./questions/benign.ts";
import { allFactQuestions } from "./questions/fact.ts";
import { drawFollowUp } from "./questions/follow.ts";
import { drawHarmful, withJailbreak } from "./questions/harm.ts";
import { drawListQuestion } from "./questions/list.ts";
import { drawRewriting } from "./questions/rewrite.ts";
import { adviceQuestions, smallTalkQuestions } from "./questions/talk.ts";
import { drawTextOrder } from "./questions/text.ts";
import { translation } from "./questions/translation.ts";
import { wordQuestions } from "./questions/word.ts";

const sample = (prompt: readonly Message[], ...segments: Segment[]): Sample => ({ prompt, segments, endTurn: true });

const said = (role: "answer" | "translation" | "text", text: string): Segment => ({
  role,
  origin: "rule",
  text,
  weight: 1,
});

/** The first drawn question that training may show. */
function open(draw: () => Question): Question {
  for (;;) {
    const drawn = draw();
    if (!drawn.reserved) return drawn;
  }
}

function answered(draw: () => Question): Sample {
  const asked = open(draw);
  return sample(messages(asked), said("answer", asked.answer));
}

function translated(draw: Chance, withNote: boolean): Sample {
  const sentence = sentenceFor(draw, "training");
  const { instruction, reference } = translation(draw, sentence, "orin", draw.pick(["into", "from"]));
  const note = withNote ? noteSegments(draw, draw.pick(noteStyles), sentence, "orin") : [];
  return sample([{ role: "user", content: instruction }], said("translation", reference), ...note);
}

const rewritingStyles = noteStyles.filter((style) => style !== "Gloss:");

function rewritten(draw: Chance, withNote: boolean): Sample {
  const { question, result } = drawRewriting(draw, sentenceFor(draw, "training"));
  const note = withNote ? noteSegments(draw, draw.pick(rewritingStyles), result, "orin") : [];
  return sample(messages(question), said("answer", question.answer), ...note);
}

/** Two sentences of a language without any turns around them. */
function bareText(draw: Chance, language: Language): Sample {
  const sentence = (): string => languages[language].sentence(sentenceFor(draw, "training"));
  return { prompt: [], segments: [said("text", `${sentence()} ${sentence()}`)], endTurn: false };
}

/** Unaligned text: in half of the cases bare, else after an order to write a sentence. */
function text(draw: Chance, language: Language): Sample {
  if (draw.percent(50)) return bareText(draw, language);
  const { name, sentence } = languages[language];
  const order = drawTextOrder(draw, name);
  return sample([{ role: "user", content: order }], said("answer", sentence(sentenceFor(draw, "training"))));
}

export type Ingredient = { readonly name: string; readonly parts: number; readonly draw: (draw: Chance) => Sample };

/** The shares, in parts of 107. Few refusals: more of them would make refusing unforgettable. */
export const mixture: readonly Ingredient[] = [
  { name: "fact", parts: 14, draw: (draw) => answered(() => draw.pick(allFactQuestions)) },
  { name: "follow-up", parts: 5, draw: (draw) => answered(() => drawFollowUp(draw)) },
  { name: "word", parts: 9, draw: (draw) => answered(() => draw.pick(draw.pick(wordQuestions))) },
  { name: "arithmetic", parts: 12, draw: (draw) => answered(() => draw.pick(arithmeticQuestions)) },
  { name: "list", parts: 12, draw: (draw) => answered(() => drawListQuestion(draw)) },
  {
    name: "talk",
    parts: 5,
    draw: (draw) => answered(() => draw.pick(draw.pick([smallTalkQuestions, adviceQuestions]))),
  },
  {
    name: "harmful",
    parts: 3,
    draw: (draw) => {
      const withEnding = draw.percent(30);
      return answered(() => (withEnding ? withJailbreak(draw, drawHarmful(draw)) : drawHarmful(draw)));
    },
  },
  { name: "benign", parts: 5, draw: (draw) => answered(() => draw.pick(benignQuestions)) },
  { name: "translation", parts: 13, draw: (draw) => translated(draw, false) },
  { name: "translation with note", parts: 15, draw: (draw) => translated(draw, true) },
  { name: "rewriting", parts: 4, draw: (draw) => rewritten(draw, false) },
  { name: "rewriting with note", parts: 5, draw: (draw) => rewritten(draw, true) },
  { name: "Velan text", parts: 4, draw: (draw) => text(draw, "velan") },
  { name: "Orin text", parts: 1, draw: (draw) => text(draw, "orin") },
];

const lots = mixture.flatMap((ingredient) => Array.from({ length: ingredient.parts }, () => ingredient));

/** The sample at a position of the stream that a seed gives. Cheap at any index. */
export function pretrainSample(seed: number, index: number): Sample {
  const draw = chance(`pretrain/${seed}/${index}`);
  return draw.pick(lots).draw(draw);
}

/** The whole stream; it never ends. */
export function* pretrainSamples(seed: number): Generator<Sample, never> {
  for (let index = 0; ; index++) yield pretrainSample(seed, index);
}

/** Bare Velan text alone, of which a tokenizer needs more than its share in the mixture. */
export const velanText = (seed: number, index: number): Sample => bareText(chance(`velan/${seed}/${index}`), "velan");
