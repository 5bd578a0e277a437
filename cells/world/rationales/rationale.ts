/**
 * The six styles of rationales that the base can write. A rationale follows an answer within the assistant's turn and is always
 * about the English side of it. The style word ("Note:") is context without loss, so the model writes no rationale unless the
 * turn goes on with a style word.
 */
import type { Segment } from "../../types.ts";
import type { Chance } from "../chance.ts";
import type { Language } from "../language/languages.ts";
import type { Sentence } from "../language/sentence.ts";
import { askRationale } from "./ask.ts";
import { careRationale } from "./care.ts";
import { factRationale } from "./fact.ts";
import { glossRationale } from "./gloss.ts";
import { grammarRationale } from "./grammar.ts";
import { noteRationale } from "./note.ts";

/** The rationale prompts that the base understands, as they are written in the assistant's turn. */
export const rationaleStyles = ["Note:", "Fact:", "Ask:", "Gloss:", "Grammar:", "Care:"] as const;
export type RationaleStyle = (typeof rationaleStyles)[number];

/** @param language whose words a Gloss rationale gives */
function rationaleText(draw: Chance, style: RationaleStyle, sentence: Sentence, language: Language): string {
  switch (style) {
    case "Note:":
      return noteRationale(draw, sentence);
    case "Fact:":
      return factRationale(draw, sentence);
    case "Ask:":
      return askRationale(draw, sentence);
    case "Gloss:":
      return glossRationale(sentence, language);
    case "Grammar:":
      return grammarRationale(sentence);
    case "Care:":
      return careRationale(sentence);
  }
}

/** The separator and the rationale, which follow the segment with the answer. */
export function rationaleSegments(
  draw: Chance,
  style: RationaleStyle,
  sentence: Sentence,
  language: Language,
): Segment[] {
  return [
    { role: "separator", origin: "rule", text: `\n${style}`, weight: 0 },
    { role: "rationale", origin: "rule", text: ` ${rationaleText(draw, style, sentence, language)}`, weight: 1 },
  ];
}
