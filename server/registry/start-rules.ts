/**
 * What is removed whenever the workbench starts in a workspace: none of it by default. The rules are kept with the user's own files,
 * by the workspace's path, since a folder that came from elsewhere must not say what is deleted in it.
 */
import { join } from "node:path";
import * as v from "valibot";
import type { PrunedItem, PruneResult, Pruning, StartRules } from "../runs/api.ts";
import { checked } from "../session/schema/fault.ts";
import { stateFolder } from "../session/state-folder.ts";
import { writeSafely } from "../session/write-file.ts";
import { NotPossible } from "./not-possible.ts";
import { plainText } from "./plain-file.ts";
import type { Registry } from "./registry.ts";
import { parsed } from "./run-files.ts";

const FILE = "prune-at-start.json";
const BYTES = 1e6;

export const pruning: v.GenericSchema<unknown, Pruning> = v.object({
  what: v.picklist(
    ["checkpoints", "cache", "runs", "records", "trash"],
    'must be "checkpoints", "cache", "runs", "records" or "trash"',
  ),
  olderThanDays: v.pipe(v.number("must be a number"), v.minValue(0, "must not be negative")),
  marked: v.picklist(["keep", "prune"], 'must be "keep" or "prune"'),
});
const file = v.record(v.string(), v.array(pruning));

/** @param workspace its real path */
export async function startRules(workspace: string): Promise<StartRules> {
  return { rules: (await allRules())[workspace] ?? [] };
}

/** @throws NotPossible if the file cannot be read, or as `node:fs` does if it cannot be written */
export async function setStartRules(workspace: string, { rules }: StartRules): Promise<void> {
  const all = await allRules();
  const others = Object.entries(all).filter(([folder]) => folder !== workspace);
  const next = [...others, ...(rules.length > 0 ? [[workspace, rules] as const] : [])];
  await writeSafely(await path(), `${JSON.stringify(Object.fromEntries(next), null, 2)}\n`, 0o600);
}

/** Applies the rules. */
export async function pruneAtStart(registry: Registry): Promise<PruneResult> {
  const { rules } = await startRules(registry.workspace);
  const items: PrunedItem[] = [];
  for (const rule of rules) items.push(...(await registry.prune({ ...rule, act: "prune" })).items);
  return { items, bytes: items.reduce((sum, each) => sum + each.bytes, 0) };
}

async function allRules(): Promise<Readonly<Record<string, readonly Pruning[]>>> {
  const text = plainText(await path(), BYTES);
  if (text === undefined) return {};
  const read = checked(file, parsed(text));
  if ("value" in read) return read.value;
  throw new NotPossible(409, `The file ${await path()} is not valid: ${read.fault}. Fix or remove it.`);
}

async function path(): Promise<string> {
  return join(await stateFolder(), FILE);
}
