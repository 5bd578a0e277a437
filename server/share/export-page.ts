/** Makes the file of a shared page: reads what is shared, bundles the page's code, and puts both together. Nothing is run. */
import { gzipSync } from "node:zlib";
import { shareScript } from "./bundle.ts";
import { renderer } from "./dom.ts";
import type { ShareOptions } from "./options.ts";
import { type AttachedFile, type PagePart, type PageParts, pageOf } from "./page.ts";
import { markedCells, type Shared } from "./shared.ts";

export type MadePage = {
  readonly html: string;
  readonly title: string;
  readonly bytes: number;
  /** As a web server or a mail compresses it. */
  readonly gzip: number;
  /** Cells that are marked on the page. */
  readonly marked: ReturnType<typeof markedCells>;
  readonly files: readonly string[];
  readonly states: readonly string[];
};

export async function madePage(
  shared: Shared,
  files: readonly AttachedFile[],
  options: ShareOptions,
  states?: PageParts["states"],
  part?: PagePart,
): Promise<MadePage> {
  const [tools, script] = await Promise.all([renderer(), shareScript(part ? "run" : "read")]);
  const { code, theme, included, note, licence } = options;
  const html = pageOf(
    {
      ...{ shared, code, theme, files, script },
      facts: { included, note, licence },
      ...(states && { states }),
      ...(part && { part }),
    },
    tools,
  );
  const bytes = Buffer.from(html);
  return {
    html,
    title: shared.title,
    bytes: bytes.length,
    gzip: gzipSync(bytes).length,
    marked: markedCells(shared),
    files: files.map(({ name }) => name),
    states: states?.all.map(({ name }) => name) ?? [],
  };
}
