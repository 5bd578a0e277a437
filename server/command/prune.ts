/** `palimpsest prune`: frees disk space by a rule, for a timer (cron) or by hand. The page of runs does the same. */
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { setStartRules } from "../registry/start-rules.ts";
import type { PrunedItem, Pruning } from "../runs/api.ts";
import { bytes } from "../state/quantity.ts";
import { Workspace } from "../workspace.ts";
import { type Command, Misuse, parseArguments } from "./command.ts";

const KINDS = ["checkpoints", "cache", "runs", "records", "trash"] as const;

export const prune: Command = {
  name: "prune",
  synopsis: "prune [folder] [--checkpoints 30d] [--runs 180d] …",
  summary: "frees disk space: old checkpoints, cached results and runs",
  usage: `palimpsest prune [folder] [--checkpoints age] [--cache age] [--runs age] [--records age] [--trash age] [--all]
                          [--at-start on|off] [--dry-run] [--json]

Removes what is older than an age such as 30d or 12h. Runs that are pinned, tagged or noted stay, and so does what belongs to a
record or to a run that goes on. Records with a name, a note or such a run stay as well.

  --checkpoints age  checkpoints of ended runs; permanent ones stay
  --cache age        cached results
  --runs age         runs; they are moved to .palimpsest/trash; to bring one back, move its folder to .palimpsest/runs
  --records age      records, by the time when they were written here; they are moved to .palimpsest/trash as well, and back to
                     .palimpsest/records
  --trash age        deleted runs and records, by the time of their deletion; for good
  --all              also what is pinned, tagged or noted
  --at-start on      do this now, and whenever palimpsest start opens this folder; off: no longer. Off by default; palimpsest
                     start says what it has removed
  --dry-run          only say what would be removed
  --json             print one JSON object`,

  async run(args) {
    const { values, positionals } = parseArguments(args, {
      checkpoints: { type: "string" },
      cache: { type: "string" },
      runs: { type: "string" },
      records: { type: "string" },
      trash: { type: "string" },
      all: { type: "boolean" },
      "at-start": { type: "string" },
      "dry-run": { type: "boolean" },
      json: { type: "boolean" },
    });
    if (positionals.length > 1) throw new Misuse(`palimpsest prune takes one folder, not ${positionals.length}.`);
    const folder = resolve(positionals[0] ?? ".");
    if (!(await stat(folder).catch(() => undefined))?.isDirectory()) throw new Misuse(`There is no folder ${folder}.`);
    const rules = KINDS.flatMap((what): Pruning[] => {
      const age = values[what];
      if (age === undefined) return [];
      return [{ what, olderThanDays: daysOf(what, age), marked: values.all ? "prune" : "keep" }];
    });
    const atStart = atStartOf(values["at-start"]);
    if (rules.length === 0 && atStart !== "off")
      throw new Misuse("Say what to remove, such as --checkpoints 30d. See palimpsest prune --help.");
    if (atStart === "on" && values["dry-run"])
      throw new Misuse("--at-start on keeps the rule, and --dry-run changes nothing. Leave one of them out.");
    const { runs } = await Workspace.at(folder);
    if (atStart !== undefined) await setStartRules(runs.workspace, { rules: atStart === "on" ? rules : [] });
    const act = values["dry-run"] ? "look" : "prune";
    const items: PrunedItem[] = [];
    for (const rule of rules) items.push(...(await runs.prune({ ...rule, act })).items);
    const total = items.reduce((sum, each) => sum + each.bytes, 0);
    if (values.json) process.stdout.write(`${JSON.stringify({ act, items, bytes: total })}\n`);
    else {
      for (const { name, bytes: size } of items) process.stdout.write(`${name}  ${bytes(size)}\n`);
      const done = values["dry-run"] ? "would be removed" : "removed";
      if (rules.length > 0)
        process.stdout.write(`${items.length} ${items.length === 1 ? "item" : "items"} ${done}, ${bytes(total)}\n`);
      if (atStart !== undefined) process.stdout.write(`${AT_START[atStart]}\n`);
    }
    return 0;
  },
};

const AT_START = {
  on: "palimpsest start will do the same whenever it opens this folder.",
  off: "palimpsest start removes nothing when it opens this folder.",
};

/** @throws Misuse */
function atStartOf(text: string | undefined): keyof typeof AT_START | undefined {
  if (text === undefined || text === "on" || text === "off") return text;
  throw new Misuse(`--at-start must be on or off, not "${text}".`);
}

/** @throws Misuse */
function daysOf(what: string, text: string): number {
  const [, amount, unit = ""] = text.trim().match(/^(\d+(?:\.\d+)?)\s*([hdw])$/i) ?? [];
  const days = Number(amount) * ({ h: 1 / 24, d: 1, w: 7 }[unit.toLowerCase()] ?? Number.NaN);
  if (!Number.isFinite(days)) throw new Misuse(`--${what} must be an age such as 30d, 12h or 2w, not "${text}".`);
  return days;
}
