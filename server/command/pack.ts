/** `palimpsest pack`: makes one file of a record, for others. */
import { resolve } from "node:path";
import { Damaged, openRecord, ownFiles } from "../records/open-record.ts";
import { crateOf } from "../records/ro-crate.ts";
import { packed } from "../records/zip.ts";
import { writeSafely } from "../session/write-file.ts";
import { type Command, Misuse, parseArguments } from "./command.ts";
import { recordArgument } from "./record-argument.ts";

export const pack: Command = {
  name: "pack",
  synopsis: "pack <record> -o <file.zip>",
  summary: "makes one file of a record, for others",
  usage: `palimpsest pack <record> -o <file.zip> [--json]

Checks that no file of the record was changed, and packs it as an RO-Crate: one zip archive that palimpsest verify checks and
repeats, and that palimpsest start opens. The same record gives the same bytes. Models outside of the workspace and large data
files are not in it, only their digests.

  -o file.zip   where to write it
  --json        print one object as the last line: {archive, bytes, files}

Exit code 0: written; 1: it cannot be written; 2: a file of the record was changed, or wrong use of the command.`,

  async run(args) {
    const { values, positionals } = parseArguments(args, {
      output: { type: "string", short: "o" },
      json: { type: "boolean" },
      // Every command takes it.
      backend: { type: "string" },
    });
    const folder = await recordArgument("pack", positionals);
    if (values.output === undefined) throw new Misuse("Say where to write it: palimpsest pack <record> -o <file.zip>.");
    const archive = resolve(values.output);
    const open = await openRecord(folder).catch((error: Error) => {
      throw error instanceof Damaged ? new Misuse(error.message) : error;
    });
    const paths = await ownFiles(open);
    const texts = crateOf(open.record);
    const bytes = await packed(folder, paths, texts);
    await writeSafely(archive, bytes);
    const files = paths.length + texts.size;
    const report = { archive, bytes: bytes.length, files };
    process.stdout.write(
      values.json ? `${JSON.stringify(report)}\n` : `${archive}: ${files} files, ${bytes.length} bytes\n`,
    );
    return 0;
  },
};
