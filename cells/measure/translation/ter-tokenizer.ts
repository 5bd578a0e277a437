/**
 * The tokenizer of TER: the normalisations of Tercom as in sacreBLEU 2.6.0. The rules of sacreBLEU for sequences of kana and for `'s` at
 * the end of the text can never match, so they are left out.
 */
import { unescaped, withPunctuationApart, withStopsApart } from "./bleu-tokenizers.ts";
import { words } from "./words.ts";

export type TerOptions = {
  /** Keeps case. Default: all text becomes lower case. */
  readonly caseSensitive?: boolean;
  /** Joins lines, replaces XML entities and separates punctuation. */
  readonly normalized?: boolean;
  /** Removes punctuation. */
  readonly withoutPunctuation?: boolean;
  /** Applies the options above to Chinese and Japanese as well. */
  readonly asian?: boolean;
};

export function terWords(text: string, options: TerOptions): string[] {
  let sentence = options.caseSensitive ? text : text.toLowerCase();
  if (options.normalized) sentence = normalized(sentence, options);
  if (options.withoutPunctuation) {
    sentence = sentence.replace(/[.,?:;!"()]/gu, "");
    if (options.asian) sentence = sentence.replace(asianPunctuation, "");
  }
  return words(sentence);
}

function normalized(text: string, { asian }: TerOptions): string {
  const joined = unescaped(text.replaceAll("\n-", "").replaceAll("\n", " "));
  const apart = withStopsApart(withPunctuationApart(` ${joined} `).replaceAll("'s ", " 's "));
  return asian ? apart.replace(ideograph, " $& ").replace(asianPunctuation, " $& ") : apart;
}

/** U+3200–4DBF is one range, because the enclosed letters reach to U+3F22 in sacreBLEU, although U+32FF was meant. */
const ideograph = /[\u2e80-\u2eff\u31c0-\u31ef\u3200-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ufe30-\ufe4f]/gu;

const asianPunctuation =
  /[\u3001\u3002\u3008-\u3011\u3014-\u301f\uff61-\uff65\u30fb\uff0e\uff0c\uff1f\uff1a\uff1b\uff01\uff02\uff08\uff09]/gu;
