/**
 * The tokenizer of TER: Tercom's normalisations as sacreBLEU 2.6.0 has them. sacreBLEU's rules for runs of kana and for
 * `'s` at the very end can never match there, and so are not here.
 */
import { unescaped, withPunctuationApart, withStopsApart } from "./bleu-tokenizers.ts";
import { words } from "./words.ts";

export type TerOptions = {
  /** Lower case unless told to keep it. */
  readonly caseSensitive?: boolean;
  /** Joins lines, resolves XML's names and sets punctuation apart. */
  readonly normalized?: boolean;
  /** Removes punctuation. */
  readonly withoutPunctuation?: boolean;
  /** Normalises, or removes punctuation, in Chinese and Japanese as well. */
  readonly asian?: boolean;
};

export function terWords(text: string, options: TerOptions): string[] {
  let sentence = options.caseSensitive ? text : text.toLowerCase();
  if (options.normalized) sentence = normalized(sentence, options.asian ?? false);
  if (options.withoutPunctuation) {
    sentence = sentence.replace(/[.,?:;!"()]/gu, "");
    if (options.asian) sentence = sentence.replace(asianPunctuation, "");
  }
  return words(sentence);
}

function normalized(text: string, asian: boolean): string {
  const joined = unescaped(text.replaceAll("\n-", "").replaceAll("\n", " "));
  const apart = withStopsApart(withPunctuationApart(` ${joined} `).replaceAll("'s ", " 's "));
  return asian ? apart.replace(ideograph, " $& ").replace(asianPunctuation, " $& ") : apart;
}

/** U+3200–4DBF in one: the enclosed letters reach to U+3F22 in sacreBLEU, where U+32FF was meant. */
const ideograph = /[\u2e80-\u2eff\u31c0-\u31ef\u3200-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ufe30-\ufe4f]/gu;

const asianPunctuation =
  /[\u3001\u3002\u3008-\u3011\u3014-\u301f\uff61-\uff65\u30fb\uff0e\uff0c\uff1f\uff1a\uff1b\uff01\uff02\uff08\uff09]/gu;
