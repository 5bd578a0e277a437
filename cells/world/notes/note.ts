/**
 * The six note styles. A note follows an answer inside the assistant's turn and is always about the English side of it.
 * The style word is context without loss, so that the model never starts a note unasked and yet writes one when asked.
 */
import type { Segment } from "../../types.ts";
import type { Chance } from "../chance.ts";
import type { Language } from "../language/languages.ts";
import type { Sentence } from "../language/sentence.ts";
import { selfPosed } from "./ask.ts";
import { caution } from "./care.ts";
import { factNote } from "./fact.ts";
import { glosses } from "./gloss.ts";
import { analysis } from "./grammar.ts";
import { remarks } from "./remark.ts";

/** The rationale prompts that the base understands, as they stand in the assistant's turn. */
export const noteStyles = ["Note:", "Fact:", "Ask:", "Gloss:", "Grammar:", "Care:"] as const;
export type NoteStyle = (typeof noteStyles)[number];

/** @param language whose words a Gloss note gives */
export function noteText(draw: Chance, style: NoteStyle, sentence: Sentence, language: Language): string {
  switch (style) {
    case "Note:":
      return remarks(draw, sentence);
    case "Fact:":
      return factNote(draw, sentence);
    case "Ask:":
      return selfPosed(draw, sentence);
    case "Gloss:":
      return glosses(sentence, language);
    case "Grammar:":
      return analysis(sentence);
    case "Care:":
      return caution(sentence);
  }
}

/** The separator and the note, to be put after the segment that holds the answer. */
export function noteSegments(draw: Chance, style: NoteStyle, sentence: Sentence, language: Language): Segment[] {
  return [
    { role: "separator", origin: "rule", text: `\n${style}`, weight: 0 },
    { role: "rationale", origin: "rule", text: ` ${noteText(draw, style, sentence, language)}`, weight: 1 },
  ];
}
