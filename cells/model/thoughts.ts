/** The think block that a reasoning model writes before its answer. It is no part of the answer, but it costs tokens. */

const open = "<think>";
const close = "</think>";

/** @param state whether the prompt has already opened the block @returns the answer; "" while the model still thinks */
export function withoutThought(text: string, state: "opened" | "not opened"): string {
  const begun = text.trimStart();
  // The beginning of the tag may still become the tag.
  if (state === "not opened" && !begun.startsWith(open)) return begun !== "" && open.startsWith(begun) ? "" : text;
  const end = text.indexOf(close);
  return end < 0 ? "" : text.slice(end + close.length).trimStart();
}

/** The number of tokens up to the end of the think block; 0 without a think block. @param textOf gives the text of the first tokens */
export function thoughtTokens(
  tokens: readonly number[],
  textOf: (tokens: readonly number[]) => string,
  state: "opened" | "not opened",
): number {
  const text = textOf(tokens);
  if (state === "not opened" && !text.trimStart().startsWith(open)) return 0;
  if (!text.includes(close)) return tokens.length;
  // The text grows with the tokens, so the last token of the block is found by halving.
  let [low, high] = [0, tokens.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (textOf(tokens.slice(0, middle)).includes(close)) high = middle;
    else low = middle + 1;
  }
  return low;
}
