/** Makes one archive of a record. */
import { openRecord } from "./open-record.ts";
import { CERTIFICATE, RECORD_JSON, SEAL } from "./record.ts";
import { crateOf } from "./ro-crate.ts";
import { filesBelow } from "./used-files.ts";
import { packed } from "./zip.ts";

/** @throws Damaged if a file of the record was changed */
export async function packRecord(folder: string): Promise<{ readonly bytes: Uint8Array; readonly files: number }> {
  const { record, sealed } = await openRecord(folder);
  const paths = sealed
    ? [...record.files.map(({ path }) => path), RECORD_JSON, SEAL]
    : (await filesBelow(folder)).filter((path) => path !== CERTIFICATE);
  const crate = crateOf(record);
  return { bytes: await packed(folder, paths, crate), files: paths.length + crate.size };
}
