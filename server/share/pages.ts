/** Makes the pages of what can be shared, for the command line and the workbench. */
import { type MadePage, madePage } from "./export-page.ts";
import type { IncludedPart, ShareOptions } from "./options.ts";
import type { RunningPart } from "./page.ts";
import { filesOfRecord, withRecord } from "./read-record.ts";
import { filesOfSession } from "./session-files.ts";
import type { Shared } from "./shared.ts";

/** A part was asked for that only a record has. */
export class OnlyInRecord extends Error {}

const OF_RECORDS: Partial<Readonly<Record<IncludedPart, string>>> = {
  data: "Data files are",
  training: "What runs the notebook in the page is",
};

/** @throws OnlyInRecord */
export async function pageOfSession(workspace: string, shared: Shared, options: ShareOptions): Promise<MadePage> {
  for (const part of options.included)
    if (OF_RECORDS[part])
      throw new OnlyInRecord(`${OF_RECORDS[part]} included from a record: save the experiment, and export the record.`);
  return madePage(shared, await filesOfSession(workspace, shared, options.included), options);
}

/**
 * @param path of the record's folder or its archive
 * @throws Damaged if it is no record, or a file of it was changed
 */
export function pageOfRecord(path: string, options: ShareOptions, running: RunningPart): Promise<MadePage> {
  return withRecord(path, async (shared, open) => {
    const part = options.included.includes("training") ? await running(open.folder) : undefined;
    return madePage(shared, await filesOfRecord(open, options.included), options, undefined, part);
  });
}
