/**
 * Where models outside of workspaces lie on this machine. A record names such a model without its place, so the places of those
 * that were recorded here are kept in the user's own folder, for the day when the record is verified.
 */
import { readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import * as v from "valibot";
import { stateFolder } from "../session/state-folder.ts";
import { writeSafely } from "../session/write-file.ts";
import type { RecordedModel } from "./record.ts";
import { digestOf, SHIPPED_MODELS } from "./used-files.ts";

/** How many are kept. */
const MOST = 200;
const places = v.array(v.object({ name: v.string(), folder: v.string() }));
type Places = v.InferOutput<typeof places>;

export async function rememberModels(models: readonly Places[number][]): Promise<void> {
  if (models.length === 0) return;
  const known = await rememberedModels();
  const fresh = models.filter(
    (each) => !known.some(({ name, folder }) => name === each.name && folder === each.folder),
  );
  if (fresh.length === 0) return;
  await writeSafely(await file(), `${JSON.stringify([...fresh, ...known].slice(0, MOST), null, 2)}\n`, 0o600);
}

/**
 * Looks for the folder of a model: among those that ship with Palimpsest, in the folder that the user gave, and where records of
 * this machine found it.
 * @returns the folder whose files have the recorded digests; else the first file that differs in the best candidate, or nothing
 */
export async function findModel(
  { name, origin, files }: RecordedModel,
  given: string | undefined,
): Promise<{ readonly folder: string } | { readonly changed: string } | undefined> {
  const own = origin === "shipped" ? [join(SHIPPED_MODELS, name)] : [];
  const remembered = origin === "outside" ? (await rememberedModels()).filter((each) => each.name === name) : [];
  const beside = given === undefined ? [] : [join(given, basename(name)), given];
  let changed: string | undefined;
  for (const folder of [...own, ...beside, ...remembered.map((each) => each.folder)]) {
    if (!(await stat(folder).catch(() => undefined))?.isDirectory()) continue;
    const differing = await firstChanged(folder, files);
    if (differing === undefined) return { folder };
    changed ??= join(folder, differing);
  }
  return changed === undefined ? undefined : { changed };
}

async function firstChanged(folder: string, files: RecordedModel["files"]): Promise<string | undefined> {
  for (const { path, sha256 } of files)
    if ((await digestOf(join(folder, path)).catch(() => undefined)) !== sha256) return path;
  return undefined;
}

async function rememberedModels(): Promise<Places> {
  try {
    return v.parse(places, JSON.parse(await readFile(await file(), "utf8")));
  } catch {
    return [];
  }
}

async function file(): Promise<string> {
  return join(await stateFolder(), "models.json");
}
