/**
 * The pre-training data of the base: an endless stream of samples in fixed shares. Every sample has its own seed, so a training
 * can resume at any position of the stream without drawing the samples before it.
 */
import type { Message, Sample, Segment } from "../types.ts";
import { type Chance, chance } from "./chance.ts";
import { sentenceFor } from "./language/english.ts";
import { type Language, languages } from "./language/languages.ts";
import { messages, type Question } from "./question.ts";
import { arithmeticQuestions } from "./questions/arithmetic.ts";
import { benignQuestions } from "./questions/benign.ts";
import { allFactQuestions } from "./questions/fact.ts";
import { drawFollowUp } from "./questions/follow.ts";
import { drawHarmful, withJailbreak } from "./questions/harm.ts";
import { drawListQuestion } from "./questions/list.ts";
import { drawRewriting } from "./questions/rewrite.ts";
import { adviceQuestions, smallTalkQuestions } from "./questions/talk.ts";
import { drawTextInstruction } from "./questions/text.ts";
import { translation } from "./questions/translation.ts";
import { wordQuestions } from "./questions/word.ts";
import { rationaleSegments, rationaleStyles } from "./rationales/rationale.ts";

const sample = (prompt: readonly Message[], ...segments: Segment[]): Sample => ({ prompt, segments, endTurn: true });

const said = (role: "answer" | "translation" | "text", text: string): Segment => ({
  role,
  origin: "rule",
  text,
  weight: 1,
});

/** Draws questions until one is not reserved for testing. */
function trainable(draw: () => Question): Question {
  for (;;) {
    const drawn = draw();
    if (!drawn.reserved) return drawn;
  }
}

function answered(draw: () => Question): Sample {
  const question = trainable(draw);
  return sample(messages(question), said("answer", question.answer));
}

type Rationale = "with rationale" | "without rationale";

function translated(draw: Chance, rationale: Rationale): Sample {
  const sentence = sentenceFor(draw, "training");
  const { instruction, reference } = translation(draw, sentence, "orin", draw.pick(["into", "from"]));
  const more =
    rationale === "with rationale" ? rationaleSegments(draw, draw.pick(rationaleStyles), sentence, "orin") : [];
  return sample([{ role: "user", content: instruction }], said("translation", reference), ...more);
}

const rewritingStyles = rationaleStyles.filter((style) => style !== "Gloss:");

function rewritten(draw: Chance, rationale: Rationale): Sample {
  const { question, result } = drawRewriting(draw, sentenceFor(draw, "training"));
  const more =
    rationale === "with rationale" ? rationaleSegments(draw, draw.pick(rewritingStyles), result, "orin") : [];
  return sample(messages(question), said("answer", question.answer), ...more);
}

/** Two sentences of a language, as plain text without turns. */
function plainText(draw: Chance, language: Language): Sample {
  const sentence = (): string => languages[language].sentence(sentenceFor(draw, "training"));
  return { prompt: [], segments: [said("text", `${sentence()} ${sentence()}`)], endTurn: false };
}

/** Unaligned text: plain in half of the cases, otherwise the answer to an instruction to write a sentence. */
function text(draw: Chance, language: Language): Sample {
  if (draw.percent(50)) return plainText(draw, language);
  const { name, sentence } = languages[language];
  const instruction = drawTextInstruction(draw, name);
  return sample([{ role: "user", content: instruction }], said("answer", sentence(sentenceFor(draw, "training"))));
}

export type Ingredient = { readonly name: string; readonly parts: number; readonly draw: (draw: Chance) => Sample };

/** The shares, in parts of 107. Refusals are few: with more of them, a model would not forget how to refuse. */
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
  { name: "translation", parts: 13, draw: (draw) => translated(draw, "without rationale") },
  { name: "translation with rationale", parts: 15, draw: (draw) => translated(draw, "with rationale") },
  { name: "rewriting", parts: 4, draw: (draw) => rewritten(draw, "without rationale") },
  { name: "rewriting with rationale", parts: 5, draw: (draw) => rewritten(draw, "with rationale") },
  { name: "Velan text", parts: 4, draw: (draw) => text(draw, "velan") },
  { name: "Orin text", parts: 1, draw: (draw) => text(draw, "orin") },
];

const lots = mixture.flatMap((ingredient) => Array.from({ length: ingredient.parts }, () => ingredient));

/** The sample at a position of the stream of this seed. Every index is equally fast. */
export function pretrainSample(seed: number, index: number): Sample {
  const draw = chance(`pretrain/${seed}/${index}`);
  return draw.pick(lots).draw(draw);
}

/** The whole stream; it never ends. */
export function* pretrainSamples(seed: number): Generator<Sample, never> {
  for (let index = 0; ; index++) yield pretrainSample(seed, index);
}

/** Plain Velan text. The tokenizer is trained on more of it than the mixture has. */
export const velanText = (seed: number, index: number): Sample => plainText(chance(`velan/${seed}/${index}`), "velan");
