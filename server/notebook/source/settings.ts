/**
 * The settings of a notebook, on its first line: `// palimpsest: run=lazy ask=60`. The line is a comment, so editors and
 * `tsc` ignore it, and it is above the first cell, so moving a cell does not move it. Defaults are not written.
 */
export type NotebookSettings = {
  /** A change makes the cells that depend on it stale and runs nothing. */
  readonly lazy: boolean;
  /** Seconds. If automatic runs are expected to take longer together, the user is asked first. */
  readonly ask: number | "never";
};

export const DEFAULT_SETTINGS: NotebookSettings = { lazy: false, ask: 600 };

/** @returns undefined if the line is not a settings line, or if one of its words is unknown */
export function readSettings(line: string): NotebookSettings | undefined {
  const words = /^\/\/[ \t]*palimpsest:(.*)$/.exec(line)?.[1]?.trim();
  if (words === undefined) return undefined;
  let settings = DEFAULT_SETTINGS;
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

/** @returns undefined if all settings have their defaults */
export function printSettings({ lazy, ask }: NotebookSettings): string | undefined {
  const words = [...(lazy ? ["run=lazy"] : []), ...(ask === DEFAULT_SETTINGS.ask ? [] : [`ask=${ask}`])];
  return words.length === 0 ? undefined : `// palimpsest: ${words.join(" ")}`;
}

export function sameSettings(a: NotebookSettings, b: NotebookSettings): boolean {
  return a.lazy === b.lazy && a.ask === b.ask;
}
