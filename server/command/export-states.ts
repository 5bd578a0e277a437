/**
 * The states of a shared page: `--states rank=4,16,64` takes finished entries of a sweep of the notebook, which differ in this input
 * alone. They come from the sweep's folder; what is missing there is not run.
 */
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import * as v from "valibot";
import { placeInside } from "../session/inside.ts";
import { readRegularFile } from "../session/read-file.ts";
import { checked } from "../session/schema/fault.ts";
import { inputValues } from "../session/schema/values.ts";
import type { AttachedFile, StatePart } from "../share/page.ts";
import { filesOfRecord, withRecord } from "../share/read-record.ts";
import { bytes } from "../state/quantity.ts";
import { nameOf, textOf } from "../sweep/entries.ts";
import { readGrid, WrongVariation } from "../sweep/variations.ts";
import type { InputValue } from "../values.ts";
import { Misuse } from "./command.ts";
import { snapshotOf, unrunState } from "./notebook-snapshot.ts";
import { valuesFor } from "./settings.ts";

/** A page with more of them is too large to open. */
const MOST_STATES = 100;
const MOST_BYTES = 100e6;
const LARGEST = 20e6;

const entrySchema = v.object({ settings: inputValues, seed: v.number() });
const resultSchema = v.object({ status: v.string(), record: v.optional(v.nullable(v.string())) });
type Finished = v.InferOutput<typeof entrySchema> & { readonly record: string };

export type ChosenStates = {
  readonly input: string;
  readonly all: readonly StatePart[];
  /** The archives of their records, in their order. */
  readonly records: readonly AttachedFile[];
};

/**
 * @param text `rank=4,16,64`
 * @param say told the number and the size before a page is made
 * @throws Misuse for a value that no finished entry has
 */
export async function chosenStates(notebook: string, text: string, say: (line: string) => void): Promise<ChosenStates> {
  const { name, values } = gridOf(text);
  if (values.length > MOST_STATES)
    throw new Misuse(`--states takes at most ${MOST_STATES} values, not ${values.length}.`);
  const state = await unrunState(notebook, notebook);
  const wanted = values.map((value) => valuesFor(state, new Map([[name, value]]))[name] as InputValue);
  const entries = await finishedEntries(notebook, snapshotOf(state));
  const chosen = sameBut(name, wanted, entries);
  if (!chosen) {
    const found = wanted.map((value) => entries.some(({ settings }) => textOf(settings[name]) === textOf(value)));
    const missing = values.filter((_, i) => !found[i]);
    const what =
      missing.length > 0
        ? `no finished run of this version of the notebook has ${name}=${missing.join(", ")}`
        : "the finished runs with these values differ in other settings or seeds";
    throw new Misuse(
      `${basename(notebook)}: ${what}. Run them first: palimpsest sweep ${basename(notebook)} --grid ${name}=${values.join(",")}.`,
    );
  }
  return read(name, chosen, say);
}

async function read(name: string, chosen: readonly Finished[], say: (line: string) => void): Promise<ChosenStates> {
  const all: StatePart[] = [];
  const records: AttachedFile[] = [];
  let size = 0;
  for (const { record, settings, seed } of chosen) {
    const label = `${name}=${textOf(settings[name])}`;
    await withRecord(record, async (shared, open) => {
      all.push({ name: label, inputs: shared.inputs, shared });
      records.push(...(await filesOfRecord(open, [])));
    }).catch((error: Error) => {
      throw new Misuse(`The record of ${nameOf({ settings, seed })} cannot be used. ${error.message}`);
    });
    const { cells, runs } = all.at(-1)!.shared;
    size += JSON.stringify([cells, runs]).length;
  }
  size += records.reduce((sum, each) => sum + each.bytes, 0);
  if (size > MOST_BYTES)
    throw new Misuse(`These states would take ${bytes(size)}, and ${bytes(MOST_BYTES)} are possible. Choose fewer.`);
  say(`${all.length} states, about ${bytes(size)} before compression: ${all.map((each) => each.name).join(", ")}`);
  return { input: name, all, records };
}

function gridOf(text: string): ReturnType<typeof readGrid> {
  try {
    return readGrid(text);
  } catch (error) {
    throw error instanceof WrongVariation ? new Misuse(error.message.replaceAll("--grid", "--states")) : error;
  }
}

/** For each value one entry; all other settings and the seed are the same in all. The lowest seed comes first. */
function sameBut(
  name: string,
  wanted: readonly InputValue[],
  entries: readonly Finished[],
): readonly Finished[] | undefined {
  const groups = new Map<string, Finished[]>();
  for (const entry of [...entries].sort((a, b) => a.seed - b.seed)) {
    const others = Object.entries(entry.settings).filter(([other]) => other !== name);
    const key = JSON.stringify([others.sort(([a], [b]) => (a < b ? -1 : 1)), entry.seed]);
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  for (const group of groups.values()) {
    const chosen = wanted.map((value) => group.find(({ settings }) => textOf(settings[name]) === textOf(value)));
    if (chosen.every((each) => each !== undefined)) return chosen;
  }
  return undefined;
}

async function finishedEntries(notebook: string, snapshot: string): Promise<readonly Finished[]> {
  const workspace = dirname(notebook);
  const stem = basename(notebook, ".ts");
  const folder = join(workspace, ".palimpsest", "sweeps", `${stem}-${snapshot.slice(0, 8)}`, "entries");
  const found: Finished[] = [];
  for (const id of (await readdir(folder).catch(() => [])).sort()) {
    const entry = await json(join(folder, id, "entry.json"), workspace, entrySchema);
    const result = await json(join(folder, id, "result.json"), workspace, resultSchema);
    if (!entry || result?.status !== "done" || typeof result.record !== "string") continue;
    // The file may come from elsewhere: a record outside of the workspace is not read.
    const record = await placeInside(workspace, result.record).catch(() => undefined);
    if (record !== undefined && (await stat(record).catch(() => undefined))) found.push({ ...entry, record });
  }
  return found;
}

async function json<T>(path: string, inside: string, schema: v.GenericSchema<unknown, T>): Promise<T | undefined> {
  try {
    const read = checked(schema, JSON.parse(String(await readRegularFile(path, { inside, most: LARGEST }))));
    return "value" in read ? read.value : undefined;
  } catch {
    return undefined;
  }
}
