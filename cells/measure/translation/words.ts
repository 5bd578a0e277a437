/**
 * Words as Python's `str.split` separates them, because the metrics must give exactly the numbers of a Python program. White space in
 * Python is that of Unicode and the four separators U+001C–1F. JavaScript's `\s` and `trim` include U+FEFF, but not those four.
 */

// biome-ignore lint/suspicious/noControlCharactersInRegex: the separators U+001C–1F are white space to Python.
const blank = /[\p{White_Space}\u001c-\u001f]+/u;
const blankEnd = new RegExp(`${blank.source}$`, "u");
const blankStart = new RegExp(`^${blank.source}`, "u");

/** The non-empty pieces between white space. */
export const words = (text: string): string[] => text.split(blank).filter((word) => word !== "");

export const withoutBlankEnd = (text: string): string => text.replace(blankEnd, "");

export const withoutBlankStart = (text: string): string => text.replace(blankStart, "");
