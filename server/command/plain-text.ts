/** Text that cannot steer a terminal, and its width there. */
import { stripVTControlCharacters } from "node:util";

/** Control characters but the line break and the tab, and the characters that change the direction of text. */
const STEERING = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;
const BREAKS = /\s*[\r\n\t\u2028\u2029]+\s*/g;
const MARK = /^[\p{Mn}\p{Me}\p{Default_Ignorable_Code_Point}]$/u;
/** What terminals draw two columns wide: East Asian scripts and emoji. */
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]$/u;

/** The text without codes; line breaks stay. */
export function plainText(text: string): string {
  return stripVTControlCharacters(text).replace(STEERING, (character) =>
    character === "\n" || character === "\t" ? character : "",
  );
}

/** The text without codes, on one line. */
export function oneLine(text: string): string {
  return plainText(text.replace(BREAKS, " "));
}

/** At most so many columns of it, with an ellipsis if something is left out. */
export function shortened(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  let [start, used] = ["", 1];
  for (const character of text) {
    used += textWidth(character);
    if (used > columns) break;
    start += character;
  }
  return `${start}…`;
}

/** How many columns a terminal needs for it. */
export function textWidth(text: string): number {
  let columns = 0;
  for (const character of text) columns += MARK.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return columns;
}
