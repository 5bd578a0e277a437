/** What an author chooses about a shared page. It is apart from the code that draws the page, which takes longer to load. */

/** Whether the code of cells is shown, or folded to its first line; `none` leaves it out of what is shown. */
export const CODE_MODES = ["folded", "shown", "none"] as const;
export type CodeMode = (typeof CODE_MODES)[number];

/** `auto` follows the reader's system. */
export const THEMES = ["auto", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

/** What a file can hold besides what it shows. */
export const PARTS = ["adapter", "data", "rows", "training"] as const;
export type IncludedPart = (typeof PARTS)[number];

export type ShareOptions = {
  readonly code: CodeMode;
  readonly theme: Theme;
  readonly included: readonly IncludedPart[];
  /** By the author, for the reader. */
  readonly note?: string;
  readonly licence?: string;
};

export const DEFAULT_OPTIONS: ShareOptions = { code: "folded", theme: "auto", included: [] };

export function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
