/** Reads the source between two nodes of a syntax tree: spaces, comments, commas and brackets belong to no node. */

const LINE_BREAK = /[\n\r\u2028\u2029]/;

export function hasLineBreak(text: string): boolean {
  return LINE_BREAK.test(text);
}

/** The offset of the next character, from this one on, that is neither space nor comment. */
export function skipSpace(source: string, from: number): number {
  const space = /(?:\s|\/\/.*|\/\*[\s\S]*?\*\/)*/y;
  space.lastIndex = from;
  return from + (space.exec(source)?.[0].length ?? 0);
}

/** The offset after the next comma, or `from` if something else comes first. */
export function afterComma(source: string, from: number): number {
  const at = skipSpace(source, from);
  return source[at] === "," ? at + 1 : from;
}

/** The offset after the closing brackets around an expression that ends at `from`. */
export function afterBrackets(source: string, from: number): number {
  let end = from;
  for (let at = skipSpace(source, from); source[at] === ")"; at = skipSpace(source, end)) end = at + 1;
  return end;
}

/** The places of the words before the name of a class or of a member, such as `private` and `readonly`. */
export function* modifiersFrom(source: string, start: number): Generator<{ word: string; at: number }> {
  const words = /([a-z]+)(?:\s|\/\/.*|\/\*[\s\S]*?\*\/)+(?=[\p{ID_Start}\d$_#["'*])/uy;
  for (let at = start; ; at = skipSpace(source, words.lastIndex)) {
    words.lastIndex = at;
    const word = words.exec(source)?.[1];
    if (word === undefined) return;
    yield { word, at };
  }
}
