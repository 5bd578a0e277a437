/**
 * How a text is written apart from its content: a byte order mark, the line ends, and whether the last line has one. Palimpsest
 * keeps it, so that the first edit in the page does not change every line of the file.
 */
export type TextForm = {
  readonly mark: "" | "\uFEFF";
  readonly lineEnd: "\n" | "\r\n" | "\r";
  readonly lastLine: "ended" | "open";
};

export function formOf(text: string): TextForm {
  const count = (pattern: RegExp): number => text.match(pattern)?.length ?? 0;
  const [windows, unix, old] = [count(/\r\n/g), count(/(?<!\r)\n/g), count(/\r(?!\n)/g)];
  const lineEnd = windows > unix && windows >= old ? "\r\n" : old > unix ? "\r" : "\n";
  return {
    mark: text.startsWith("\uFEFF") ? "\uFEFF" : "",
    lineEnd,
    lastLine: /[^\r\n]$/.test(text) ? "open" : "ended",
  };
}

/** @param text as `printNotebook` gives it */
export function inForm({ mark, lineEnd, lastLine }: TextForm, text: string): string {
  // A last cell that ends with a blank line would lose it.
  const lines = lastLine === "open" && /[^\n]\n$/.test(text) ? text.slice(0, -1) : text;
  return mark + (lineEnd === "\n" ? lines : lines.replaceAll("\n", lineEnd));
}
