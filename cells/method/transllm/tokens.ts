/**
 * The tokens that open the parts of a TransLLM turn: `<EN>` what is said in the model's own language, `<RESPONSE>` its answer
 * there, `<VE>` what is said in the new one. They are also a switch: after `<RESPONSE>` the model answers, after the
 * name of a language it translates.
 */

export type ChainTokens = {
  /** Name and token of the language in which the model can chat. */
  readonly source: { readonly language: string; readonly token: string };
  readonly response: string;
  /** Name and token of the language that it learns. */
  readonly target: { readonly language: string; readonly token: string };
};

/** `chainTokens("English", "Velan")` gives `<EN>`, `<RESPONSE>` and `<VE>`. @throws if the languages begin with the same two letters. */
export function chainTokens(source: string, target: string): ChainTokens {
  const token = (language: string): string => `<${language.slice(0, 2).toUpperCase()}>`;
  if (token(source) === token(target)) {
    throw new Error(`${source} and ${target} would share the token ${token(source)}; spell one of them otherwise.`);
  }
  return {
    source: { language: source, token: token(source) },
    response: "<RESPONSE>",
    target: { language: target, token: token(target) },
  };
}

/** All three, in the order in which a chain has them; what `extendVocabulary` takes. */
export const newTokens = ({ source, response, target }: ChainTokens): string[] => [
  source.token,
  response,
  target.token,
];

/** The token of a language by its name. @throws if it is neither of the two. */
export function languageToken({ source, target }: ChainTokens, language: string): string {
  for (const each of [source, target]) if (each.language === language) return each.token;
  throw new Error(`The chain knows ${source.language} and ${target.language}, but a pair is in ${language}.`);
}
