/** `palimpsest export`: one HTML file that shows what a notebook showed. */
import { realpath, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { Damaged } from "../records/open-record.ts";
import { writeSafely } from "../session/write-file.ts";
import type { MadePage } from "../share/export-page.ts";
import { CODE_MODES, counted, type IncludedPart, PARTS, type ShareOptions, THEMES } from "../share/options.ts";
import { bytes } from "../state/quantity.ts";
import { type Command, Misuse, parseArguments } from "./command.ts";

export const exportPage: Command = {
  name: "export",
  synopsis: "export <notebook|record> -o <page.html>",
  summary: "makes one HTML file that shows the results, for readers",
  usage: `palimpsest export <notebook|record> -o <page.html> [--code folded|shown|none] [--include parts] [--theme auto|light|dark]
                  [--states name=a,b…] [--note text] [--licence text] [--json]

       palimpsest export <notebook|record|folder>… --folder <site>

Makes one HTML file of what a notebook shows: text, tables, charts, and the code that made them. It opens from a mail, without
a network and without a server, and it can be read without JavaScript. What is shown comes from the session of the page or from
a record, never from a new run. Outputs that are stale, failed or unfinished are marked. Paths, names and secrets of this
machine are left out.

  -o page.html       where to write it
  --code mode        the code of the cells: folded (default), shown, or none
  --include parts    also put in, separated by commas: adapter (trained weights), data (data files of a record), rows (all
                     rows of the trainings), training (what runs and verifies the notebook of a record in the
                     reader's browser, with its models and data files)
  --theme theme      auto (default) follows the reader's system
  --states name=a,b  a slider for the reader between finished runs of palimpsest sweep, which differ in this input
  --note text        a note for the reader, shown with what is in the file
  --licence text     the licence under which you publish it
  --folder site      make a page of each notebook, record or folder of notebooks, and site/index.html, which lists all pages
                     that are in the folder; static files for any web server
  --json             print one object as the last line: {page, bytes, gzip, marked, files, states}; with --folder
                     {folder, pages, listed}

A notebook that has no session is shown from its newest record, if it has one.

Exit code 0: written; 1: it cannot be written; 2: nothing has run yet, a record was changed, or wrong use of the command.`,

  async run(args) {
    const { values, positionals } = parseArguments(args, {
      output: { type: "string", short: "o" },
      code: { type: "string" },
      include: { type: "string", multiple: true },
      theme: { type: "string" },
      states: { type: "string" },
      folder: { type: "string" },
      note: { type: "string" },
      licence: { type: "string" },
      json: { type: "boolean" },
      // Every command takes it.
      backend: { type: "string" },
    });
    const targets = await Promise.all(positionals.map(targetOf));
    if (values.folder === undefined && values.output === undefined)
      throw new Misuse("Say where to write it: palimpsest export <notebook|record> -o <page.html>.");
    const options: ShareOptions = {
      code: oneOf("--code", values.code, CODE_MODES),
      theme: oneOf("--theme", values.theme, THEMES),
      included: includedOf(values.include ?? []),
      ...(values.note !== undefined && { note: values.note }),
      ...(values.licence !== undefined && { licence: values.licence }),
    };
    const work = values.folder === undefined ? onePage : folderOfPages;
    await work(targets, options, values).catch((error: Error) => {
      throw error instanceof Damaged ? new Misuse(error.message) : error;
    });
    return 0;
  },
};

type Values = {
  readonly output?: string | undefined;
  readonly folder?: string | undefined;
  readonly states?: string | undefined;
  readonly json?: boolean | undefined;
};

async function onePage(targets: readonly string[], options: ShareOptions, values: Values): Promise<void> {
  const [target, ...more] = targets;
  if (target === undefined) throw new Misuse("Name a notebook or a record: palimpsest export <notebook|record>.");
  if (more.length > 0)
    throw new Misuse(`palimpsest export takes one notebook or record, not ${targets.length}; with --folder, many.`);
  const page = resolve(values.output ?? "");
  // Loaded only here: what draws a page takes longer to load than the other commands.
  const { madeOf } = await import("./export-work.ts");
  const made = await madeOf(target, options, values.states);
  await writeSafely(page, made.html, 0o644);
  process.stdout.write(values.json ? `${JSON.stringify(report(page, made))}\n` : said(page, made));
}

async function folderOfPages(targets: readonly string[], options: ShareOptions, values: Values): Promise<void> {
  if (values.output !== undefined || values.states !== undefined)
    throw new Misuse("--folder cannot be used together with -o or --states.");
  const { exportFolder } = await import("./export-folder.ts");
  const say = (line: string): unknown => !values.json && process.stdout.write(`${line}\n`);
  const made = await exportFolder(resolve(values.folder ?? ""), targets, options, say);
  process.stdout.write(
    values.json ? `${JSON.stringify(made)}\n` : `${made.folder}/index.html: ${counted(made.listed, "page")}\n`,
  );
}

/** @returns the real path of the notebook, the record or the folder. @throws Misuse */
async function targetOf(path: string): Promise<string> {
  if (!(await stat(path).catch(() => undefined))) throw new Misuse(`There is no notebook or record ${resolve(path)}.`);
  return realpath(path);
}

function oneOf<T extends string>(option: string, value: string | undefined, known: readonly T[]): T {
  const found = value === undefined ? known[0] : known.find((each) => each === value);
  if (found === undefined) throw new Misuse(`${option} must be one of ${known.join(", ")}, not "${value}".`);
  return found;
}

function includedOf(texts: readonly string[]): readonly IncludedPart[] {
  const names = texts.flatMap((text) => text.split(",")).map((name) => name.trim());
  return names.filter((name) => name !== "").map((name) => oneOf("--include", name, PARTS));
}

function report(page: string, { bytes, gzip, marked, files, states }: MadePage): object {
  return { page, bytes, gzip, marked, files, states };
}

function said(page: string, { bytes: size, gzip, marked }: MadePage): string {
  const lines = [`${page}: ${bytes(size)}, ${bytes(gzip)} compressed`];
  if (marked.length > 0)
    lines.push(
      `Marked as not up to date, ${counted(marked.length, "cell")}: ${marked.map(({ id, mark }) => `${id} (${mark})`).join(", ")}`,
    );
  return `${lines.join("\n")}\n`;
}
