/**
 * The special tokens at the beginning of each part of a TransLLM turn: `<EN>` before text in the source language,
 * `<RESPONSE>` before the answer in the source language, `<VE>` before text in the target language. They also select
 * the task: after `<RESPONSE>` the model answers, after a language token it translates.
 */

export type ChainTokens = {
  /** The language in which the base can chat: name and token. */
  readonly source: { readonly language: string; readonly token: string };
  readonly response: string;
  /** The language to learn: name and token. */
  readonly target: { readonly language: string; readonly token: string };
};

/**
 * `chainTokens("English", "Velan")` gives `<EN>`, `<RESPONSE>` and `<VE>`.
 * @throws if both languages begin with the same two letters
 */
export function chainTokens(source: string, target: string): ChainTokens {
  const token = (language: string): string => `<${language.slice(0, 2).toUpperCase()}>`;
  if (token(source) === token(target)) {
    throw new Error(
      `${source} and ${target} would share the token ${token(source)}. Give one of them another name, such as its native one.`,
    );
  }
  return {
    source: { language: source, token: token(source) },
    response: "<RESPONSE>",
    target: { language: target, token: token(target) },
  };
}

/** All three tokens in the order of a chain, for `extendVocabulary`. */
export const newTokens = ({ source, response, target }: ChainTokens): string[] => [
  source.token,
  response,
  target.token,
];

/** The token of a language. @throws if it is neither of the two */
export function languageToken({ source, target }: ChainTokens, language: string): string {
  for (const each of [source, target]) if (each.language === language) return each.token;
  throw new Error(`The chain has tokens for ${source.language} and ${target.language}, but a pair is in ${language}.`);
}
