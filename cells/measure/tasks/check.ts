/** The checks that a program can make of an answer, after IFEval (Zhou et al. 2023, https://arxiv.org/abs/2311.07911). */

/** `at least` includes the number, `less than` excludes it. */
export type Relation = "at least" | "at most" | "less than" | "exactly";
export type Count = { readonly relation: Relation; readonly count: number };

export type Check =
  /** All occur, in any case, also within words. */
  | { readonly kind: "keywords"; readonly words: readonly string[] }
  /** None occurs as a whole word, in any case. */
  | { readonly kind: "forbidden words"; readonly words: readonly string[] }
  /** How often a word or a letter occurs, in any case. */
  | ({ readonly kind: "occurrences"; readonly of: string } & Count)
  | ({ readonly kind: "words" | "sentences" | "characters" } & Count)
  /** Paragraphs are separated by an empty line, or by `***`. */
  | ({ readonly kind: "paragraphs"; readonly separator?: "***" } & Count)
  /** The paragraph of this number, from 1, begins with the word, in any case; of `paragraphs` in all, if that is given. */
  | {
      readonly kind: "paragraph begins";
      readonly paragraph: number;
      readonly word: string;
      readonly paragraphs?: number;
    }
  /** Markdown bullets (`*` or `-`), sections in `*stars*`, places to fill in (`[name]`), words in capitals. */
  | ({ readonly kind: "bullets" | "highlights" | "placeholders" | "capital words" } & Count)
  /** Sections that begin with this word and a number: `Section 1`. */
  | ({ readonly kind: "sections"; readonly title: string } & Count)
  /** A title in angle brackets: `<<title>>`. */
  | { readonly kind: "title" }
  /** A postscript that begins with `P.S.` or another marker. */
  | { readonly kind: "postscript"; readonly marker: string }
  /** Valid JSON, also in a Markdown code block. */
  | { readonly kind: "json" }
  /** Has only letters of one case. */
  | { readonly kind: "upper case" | "lower case" }
  | { readonly kind: "no commas" }
  /** The whole answer is in double quotation marks. */
  | { readonly kind: "quoted" }
  /** In any case; quotation marks around the answer do not count. */
  | { readonly kind: "begins" | "ends"; readonly text: string }
  /** Contains one of the texts exactly. */
  | { readonly kind: "one of"; readonly texts: readonly string[] }
  /** Two different answers, separated by `******`. */
  | { readonly kind: "two answers" };
