/** Makes one archive of a record. */
import { canonicalJson } from "./canonical-json.ts";
import { LEFT_OUT, mayBeLeftOut } from "./left-out.ts";
import { type OpenRecord, openRecord, ownFiles } from "./open-record.ts";
import { crateOf } from "./ro-crate.ts";
import { packed } from "./zip.ts";

export type Packed = { readonly bytes: Uint8Array; readonly files: number };

/** @throws Damaged if a file of the record was changed */
export async function packRecord(folder: string): Promise<Packed> {
  return packOpened(await openRecord(folder), () => false);
}

/** @param leavesOut which weights, checkpoints and data files are not packed; other files always are */
export async function packOpened(open: OpenRecord, leavesOut: (path: string) => boolean): Promise<Packed> {
  const { folder, record, leftOut } = open;
  const own = (await ownFiles(open)).filter((path) => path !== LEFT_OUT);
  const out = own.filter((path) => mayBeLeftOut(path, record) && leavesOut(path));
  const without = [...leftOut, ...out].sort();
  const isOut = (path: string): boolean => out.includes(path);
  const paths = own.filter((path) => !isOut(path));
  const texts = new Map([
    ...crateOf({
      ...record,
      files: record.files.filter(({ path }) => !without.includes(path)),
      data: record.data.map((file) => ({ ...file, included: file.included && !isOut(`workspace/${file.path}`) })),
    }),
    ...(without.length > 0 ? [[LEFT_OUT, `${canonicalJson(without)}\n`] as const] : []),
  ]);
  return { bytes: await packed(folder, paths, texts), files: paths.length + texts.size };
}
