/** Makes one archive of a record. */
import { openRecord, ownFiles } from "./open-record.ts";
import { crateOf } from "./ro-crate.ts";
import { packed } from "./zip.ts";

/** @throws Damaged if a file of the record was changed */
export async function packRecord(folder: string): Promise<{ readonly bytes: Uint8Array; readonly files: number }> {
  const open = await openRecord(folder);
  const paths = await ownFiles(open);
  const crate = crateOf(open.record);
  return { bytes: await packed(folder, paths, crate), files: paths.length + crate.size };
}
