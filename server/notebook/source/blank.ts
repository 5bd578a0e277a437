/** The text of a new notebook: a title and a first cell. */
import { parseNotebook } from "./parse.ts";
import { printNotebook } from "./print.ts";

/** @param name its path */
export function blankNotebook(name: string): string {
  const title = name.split("/").at(-1)?.replace(/\.ts$/, "") ?? name;
  const text = `// %% [markdown]\n// # ${title}\n\n// %% start\nimport { chatModel, input, show } from "palimpsest";\n`;
  return printNotebook(parseNotebook(text));
}
