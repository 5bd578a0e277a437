/** The one rule for headings in markdown: `#` to `######`, a space, the text. */

export type Heading = { readonly level: number; readonly text: string };

const HEADING = /^(#{1,6})[ \t]+(.+?)[ \t]*#*$/;

/** Reads a line as a heading and removes the marks of emphasis and code from its text. @returns undefined for any other line */
export function headingOf(line: string): Heading | undefined {
  const [, marks, text] = HEADING.exec(line) ?? [];
  return marks && text ? { level: marks.length, text: text.replace(/[*_`]/g, "") } : undefined;
}

/** The first heading of a markdown text. Lines inside a fenced code block are not headings. */
export function firstHeading(markdown: string): Heading | undefined {
  let fenced = false;
  for (const line of markdown.split("\n")) {
    if (/^(```|~~~)/.test(line)) fenced = !fenced;
    const heading = fenced ? undefined : headingOf(line);
    if (heading) return heading;
  }
  return undefined;
}
