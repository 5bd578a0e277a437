/** `palimpsest prune`: frees disk space by a rule, for a timer (cron) or by hand. The page of runs does the same. */
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { PrunedItem, PruneRule } from "../runs/api.ts";
import { bytes } from "../state/quantity.ts";
import { Workspace } from "../workspace.ts";
import { type Command, Misuse, parseArguments } from "./command.ts";

const KINDS = ["checkpoints", "cache", "runs", "trash"] as const;

export const prune: Command = {
  name: "prune",
  synopsis: "prune [folder] [--checkpoints 30d] [--runs 180d] …",
  summary: "frees disk space: old checkpoints, cached results and runs",
  usage: `palimpsest prune [folder] [--checkpoints age] [--cache age] [--runs age] [--trash age] [--all] [--dry-run] [--json]

Removes what is older than an age such as 30d or 12h. Runs that are pinned, tagged or noted stay, and so does what belongs to a
record or to a run that goes on.

  --checkpoints age  checkpoints of ended runs; permanent ones stay
  --cache age        cached results
  --runs age         runs; they are moved to .palimpsest/trash; to bring one back, move its folder to .palimpsest/runs
  --trash age        deleted runs, by the time of their deletion; for good
  --all              also what is pinned, tagged or noted
  --dry-run          only say what would be removed
  --json             print one JSON object`,

  async run(args) {
    const { values, positionals } = parseArguments(args, {
      checkpoints: { type: "string" },
      cache: { type: "string" },
      runs: { type: "string" },
      trash: { type: "string" },
      all: { type: "boolean" },
      "dry-run": { type: "boolean" },
      json: { type: "boolean" },
    });
    if (positionals.length > 1) throw new Misuse(`palimpsest prune takes one folder, not ${positionals.length}.`);
    const folder = resolve(positionals[0] ?? ".");
    if (!(await stat(folder).catch(() => undefined))?.isDirectory()) throw new Misuse(`There is no folder ${folder}.`);
    const rules = KINDS.flatMap((what): PruneRule[] => {
      const age = values[what];
      if (age === undefined) return [];
      const marked = values.all ? "prune" : "keep";
      return [{ what, olderThanDays: daysOf(what, age), marked, act: values["dry-run"] ? "look" : "prune" }];
    });
    if (rules.length === 0)
      throw new Misuse("Say what to remove, such as --checkpoints 30d. See palimpsest prune --help.");
    const { runs } = await Workspace.at(folder);
    const items: PrunedItem[] = [];
    for (const rule of rules) items.push(...(await runs.prune(rule)).items);
    const total = items.reduce((sum, each) => sum + each.bytes, 0);
    if (values.json)
      process.stdout.write(`${JSON.stringify({ act: values["dry-run"] ? "look" : "prune", items, bytes: total })}\n`);
    else {
      for (const { name, bytes: size } of items) process.stdout.write(`${name}  ${bytes(size)}\n`);
      const done = values["dry-run"] ? "would be removed" : "removed";
      process.stdout.write(`${items.length} ${items.length === 1 ? "item" : "items"} ${done}, ${bytes(total)}\n`);
    }
    return 0;
  },
};

/** @throws Misuse */
function daysOf(what: string, text: string): number {
  const [, amount, unit = ""] = text.trim().match(/^(\d+(?:\.\d+)?)\s*([hdw])$/i) ?? [];
  const days = Number(amount) * ({ h: 1 / 24, d: 1, w: 7 }[unit.toLowerCase()] ?? Number.NaN);
  if (!Number.isFinite(days)) throw new Misuse(`--${what} must be an age such as 30d, 12h or 2w, not "${text}".`);
  return days;
}
