/**
 * What holds for a notebook as a whole, on a first line of its own: `// palimpsest: run=lazy ask=60`. It is a comment, so
 * every editor and `tsc` leave it alone; it stands above the first cell, so no cell that moves takes it along. What is as
 * usual is not written down.
 */
export type NotebookSettings = {
  /** A change marks what depends on it stale and runs nothing. */
  readonly lazy: boolean;
  /** Cells that would run by themselves are asked for first where they took more than so many seconds together. */
  readonly ask: number | "never";
};

export const USUAL: NotebookSettings = { lazy: false, ask: 600 };

/** @returns undefined for a line that is not, in every word, one of settings. */
export function readSettings(line: string): NotebookSettings | undefined {
  const words = /^\/\/[ \t]*palimpsest:(.*)$/.exec(line)?.[1]?.trim();
  if (words === undefined) return undefined;
  let settings = USUAL;
  for (const word of words.split(/[ \t]+/)) {
    const seconds = /^ask=(\d+(?:\.\d+)?)$/.exec(word)?.[1];
    if (word === "run=lazy") settings = { ...settings, lazy: true };
    else if (word === "run=auto") settings = { ...settings, lazy: false };
    else if (word === "ask=never") settings = { ...settings, ask: "never" };
    else if (seconds !== undefined) settings = { ...settings, ask: Number(seconds) };
    else return undefined;
  }
  return settings;
}

/** @returns undefined where all is as usual. */
export function printSettings({ lazy, ask }: NotebookSettings): string | undefined {
  const words = [...(lazy ? ["run=lazy"] : []), ...(ask === USUAL.ask ? [] : [`ask=${ask}`])];
  return words.length === 0 ? undefined : `// palimpsest: ${words.join(" ")}`;
}

export function sameSettings(a: NotebookSettings, b: NotebookSettings): boolean {
  return a.lazy === b.lazy && a.ask === b.ask;
}
