/**
 * Opens a shared page for work: its record, or its notebook with the values of its inputs, becomes a folder beside it. Only what
 * this file writes is written, whatever the page says, and nothing runs: the notebook is inert until its user runs it.
 */
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import * as v from "valibot";
import { attachmentId, PAYLOAD_ID, SHARE_FORMAT } from "../../ui/share/payload.ts";
import { addOutside } from "../records/open-as-notebook.ts";
import { Damaged } from "../records/open-record.ts";
import { unpackInto } from "../records/unpack-record.ts";
import { writeInputs } from "../session/inputs-file.ts";
import { nameFault } from "../session/names.ts";
import { readRegularFile } from "../session/read-file.ts";
import { checked } from "../session/schema/fault.ts";
import { inputValues } from "../session/schema/values.ts";
import { makeFolder, writeSafely } from "../session/write-file.ts";

/** In bytes. */
const LARGEST = 1e9;
const NAMES = 1000;
/** In the folder: the digest of the page that it was made of. */
const ORIGIN = join(".palimpsest", "shared-page.sha256");

const payload = v.object({
  format: v.literal(SHARE_FORMAT),
  notebook: v.object({ name: v.string(), text: v.string() }),
  inputs: inputValues,
  attachments: v.array(v.object({ what: v.string(), inside: v.optional(v.string()) })),
});

/**
 * @returns the folder; one from an earlier time is opened again as it is
 * @throws Damaged if the file is no shared page, or if a file of its record was changed
 */
export async function unpackPage(page: string): Promise<string> {
  const html = String(await readRegularFile(page, { most: LARGEST }));
  const { notebook, inputs, attachments } = payloadOf(html, basename(page));
  const stem = basename(page).replace(/\.html?$/i, "");
  const record = attachments.findIndex(({ what, inside }) => what === "record" && inside === undefined);
  if (record >= 0) return unpackedRecord(page, stem, scriptText(html, attachmentId(record)) ?? "");
  const fault = nameFault(notebook.name);
  if (fault !== undefined || notebook.name.includes("/"))
    throw new Damaged(`${basename(page)} has a notebook with an invalid name. ${fault ?? ""}`.trim());
  const digest = createHash("sha256").update(html).digest("hex");
  const folder = await ownFolder(dirname(page), stem, digest);
  if (folder.made === "earlier") return folder.path;
  await makeFolder(folder.path);
  await writeSafely(join(folder.path, notebook.name), notebook.text, 0o644);
  await writeInputs(folder.path, notebook.name, inputs);
  await writeSafely(join(folder.path, ORIGIN), digest);
  return folder.path;
}

/** The record is checked when it is unpacked. Models and data that this machine has are added. */
async function unpackedRecord(page: string, stem: string, base64: string): Promise<string> {
  const temporary = await mkdtemp(join(tmpdir(), "palimpsest-page-"));
  try {
    const archive = join(temporary, `${stem}.zip`);
    await writeFile(archive, Buffer.from(base64, "base64"));
    const workspace = dirname(page);
    const { folder, open, made } = await unpackInto(archive, workspace, stem).catch((error: Error) => {
      throw error instanceof Damaged ? new Damaged(error.message.replaceAll(archive, `The record in ${page}`)) : error;
    });
    if (made === "now") await addOutside(open, workspace, folder);
    return folder;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

function payloadOf(html: string, name: string): v.InferOutput<typeof payload> {
  const text = scriptText(html, PAYLOAD_ID);
  if (text === undefined)
    throw new Damaged(`${name} is not a page that palimpsest export has made: it holds no notebook.`);
  try {
    const found = checked(payload, JSON.parse(text));
    if ("value" in found) return found.value;
    throw new Damaged(`${name} cannot be opened: its data is not valid (${found.fault}).`);
  } catch (error) {
    if (error instanceof Damaged) throw error;
    throw new Damaged(`${name} cannot be opened: its data is not valid JSON.`);
  }
}

/** The text of a data element. The exporter writes no "<" into it. */
function scriptText(html: string, id: string): string | undefined {
  const at = html.lastIndexOf(` id="${id}">`);
  if (at < 0) return undefined;
  const start = at + ` id="${id}">`.length;
  return html.slice(start, html.indexOf("<", start));
}

async function ownFolder(
  beside: string,
  stem: string,
  digest: string,
): Promise<{ readonly path: string; readonly made: "now" | "earlier" }> {
  for (let n = 1; n < NAMES; n++) {
    const path = join(beside, n === 1 ? stem : `${stem}-${n}`);
    if (!(await stat(path).catch(() => undefined))) return { path, made: "now" };
    if ((await readFile(join(path, ORIGIN), "utf8").catch(() => "")) === digest) return { path, made: "earlier" };
  }
  throw new Damaged(`There are too many folders that are called ${stem}. Rename the page.`);
}
