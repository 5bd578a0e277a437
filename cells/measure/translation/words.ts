/**
 * Words as Python's `str.split` sees them, since the metrics are compared number for number with a Python program. Its
 * white space is Unicode's, and the four separators U+001C–1F besides; JavaScript's `\s` and `trim` take U+FEFF as well
 * and leave those four out.
 */

// biome-ignore lint/suspicious/noControlCharactersInRegex: the separators U+001C–1F are white space to Python.
const blank = /[\p{White_Space}\u001c-\u001f]+/u;
const blankEnd = new RegExp(`${blank.source}$`, "u");
const blankStart = new RegExp(`^${blank.source}`, "u");

/** The pieces between white space, none of them empty. */
export const words = (text: string): string[] => text.split(blank).filter((word) => word !== "");

export const withoutBlankEnd = (text: string): string => text.replace(blankEnd, "");

export const withoutBlankStart = (text: string): string => text.replace(blankStart, "");
