/** `palimpsest sweep`: runs a notebook with many settings and seeds, and puts the results side by side. */
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { hasWorkbench, tellWorkbench } from "../sweep/channel.ts";
import type { Entry } from "../sweep/entries.ts";
import { livingHolder } from "../sweep/entry-lock.ts";
import { type Asked, type OrderArguments, orderId, writeOrder } from "../sweep/order.ts";
import { type Axes, readAxes } from "../sweep/pareto.ts";
import { type ReportedEntry, sweepTable } from "../sweep/report.ts";
import { writeResultFiles } from "../sweep/result-files.ts";
import { SweepFolder } from "../sweep/sweep-folder.ts";
import { backendOf, type Command, Misuse, memoryOf, parseArguments } from "./command.ts";
import { notebookArgument } from "./notebook-argument.ts";
import { type SweepArguments, sweepPlan, wholeNumber } from "./sweep-plan.ts";
import { cancelled, onSlurm, onThisMachine, statesOf, tasksIn } from "./sweep-run.ts";
import { sweepText } from "./sweep-text.ts";

const PALIMPSEST = fileURLToPath(new URL("../palimpsest.mjs", import.meta.url));
/** Columns of the text when it does not go to a terminal. */
const WIDTH = 200;

export const sweep: Command = {
  name: "sweep",
  synopsis: "sweep <notebook> --grid name=a,b… [--seeds k]",
  summary: "runs a notebook with many settings and seeds",
  usage: `palimpsest sweep <notebook> [--grid name=a,b,…]… [--range name=low:high[:log]]… [--random n] [--seeds k]
                 [--set name=value]… [--on local|slurm] [--jobs n] [--no-wait] [--status] [--cancel] [--again id]…
                 [--snapshot hash] [--pareto column,column] [--json] [--backend b] [--memory size]

Runs the notebook once for each combination of the values and each seed, every run in a process of its own. An entry that is
done is never run again: the same command goes on with a sweep that was interrupted, and runs what has failed again. A
larger grid or more seeds run only what is new. A change of the code of a cell, or of an imported file, makes other entries.

  --grid name=a,b    values of the input that is assigned to the constant name; values with commas as JSON: name=["a, b","c"]
  --range name=l:h   bounds from which --random draws: whole numbers where both bounds are whole (1:64), else any number
                     (0.0:4); name=1e-4:1e-2:log draws evenly on a logarithmic scale
  --random n         draw n times from all ranges, the same values in every call; each draw is combined with every value of
                     the grids
  --seeds k          the seeds 1 to k; without it, the seed is 1
  --set name=value   a value for all entries
  --on local|slurm   run on this machine (the default), or as one array job of Slurm. Call it on a login node that shares this
                     folder with the nodes. The first call writes palimpsest-slurm.sh beside the notebook: the template of
                     the batch file, for your partition, time and memory. The command waits; it may be ended and called again
  --no-wait          submit to Slurm and show the states, without waiting
  --jobs n           how many entries run at once; default: half of the processors, and as many as Slurm gives. Use 1 where
                     each needs a whole GPU
  --status           run nothing; show the states and the results that there are
  --cancel           end what runs; it goes on with the next call
  --again id         run this entry again, although it is done
  --snapshot hash    run nothing if this is no longer the hash of the notebook's code; the page gives it to go on with a sweep
  --pareto x,y       the two columns of the Pareto front; default: a measure of translation (chrf, comet, bleu…) and one of
                     retention (general, refusal…). -name: less is better
  --json             print one object as the last line: {sweep, entries: [{id, settings, seed, status, results, record}]},
                     ordered by settings and seed
  --backend b, --memory size   as in palimpsest run

Files are in .palimpsest/sweeps/<notebook>-<snapshot>/ beside the notebook: results.json, results.csv, sweep.md, and for each
entry entries/<id>/log.txt. Ctrl-C ends the entries that run after they have saved checkpoints; trainings continue from there.

Exit code 0: all entries are done; 1: some are not, or the notebook cannot be read; 2: wrong use of the command.`,

  async run(args) {
    const { values, positionals } = parseArguments(args, {
      grid: { type: "string", multiple: true },
      range: { type: "string", multiple: true },
      random: { type: "string" },
      seeds: { type: "string" },
      set: { type: "string", multiple: true },
      jobs: { type: "string" },
      on: { type: "string" },
      "no-wait": { type: "boolean" },
      status: { type: "boolean" },
      cancel: { type: "boolean" },
      again: { type: "string", multiple: true },
      snapshot: { type: "string" },
      pareto: { type: "string" },
      json: { type: "boolean" },
      backend: { type: "string" },
      memory: { type: "string" },
    });
    const notebook = await notebookArgument("sweep", positionals);
    const axes = axesOf(values.pareto);
    const { on = "local" } = values;
    if (on !== "local" && on !== "slurm") throw new Misuse(`--on must be local or slurm, not "${on}".`);
    const jobs = values.jobs === undefined ? undefined : wholeNumber("--jobs", values.jobs);
    backendOf(values.backend);
    memoryOf(values.memory);
    const { workspace, path, snapshot, entries } = await sweepPlan(notebook, values);
    if (values.snapshot !== undefined && values.snapshot !== snapshot)
      throw new Error(
        `${path} has changed since this sweep began, so its entries would have other numbers. Start a new sweep.`,
      );
    const again = againOf(values.again ?? [], entries);
    const folder = await SweepFolder.make(workspace, path, snapshot);

    const chosen = [values.backend && ["--backend", values.backend], values.memory && ["--memory", values.memory]];
    const options = chosen.flatMap((option) => option || []);
    const command = (entry: Entry): string[] =>
      entryCommand(entry, join(workspace, path), folder, ["--snapshot", snapshot, ...options]);
    if (values.cancel) await cancelled(folder, entries);
    else if (!values.status) {
      const order = await ordered(folder, { notebook: path, snapshot, entries, arguments: argumentsOf(values, on) });
      for (const entry of again) await folder.forget(entry);
      if (on === "local") await onThisMachine({ folder, order, entries, jobs, command });
      else await onSlurm({ workspace, folder, entries, jobs, command }, values["no-wait"] ? "submit" : "wait");
    }
    return printed(
      folder,
      notebook,
      await statesOf(folder, entries, await tasksIn(folder)),
      axes,
      values.json ? "json" : "text",
    );
  },
};

/** Writes down what was asked for. @throws if the workbench asked for what runs already */
async function ordered(folder: SweepFolder, asked: Asked): Promise<string> {
  const other = await livingHolder(folder.commandOf(orderId(asked.entries)));
  if (other && hasWorkbench())
    throw new Error(`This sweep is running already, as process ${other.pid}. Wait for its end, or cancel it.`);
  const order = await writeOrder(folder, asked);
  tellWorkbench({ type: "planned", folder: basename(folder.path), order });
  return order;
}

function argumentsOf(
  values: SweepArguments & { readonly jobs?: string | undefined; readonly memory?: string | undefined },
  on: OrderArguments["on"],
): OrderArguments {
  const { grid = [], range = [], set = [], random, seeds, jobs, backend, memory } = values;
  return {
    ...{ grid: [...grid], range: [...range], set: [...set], on },
    ...(random !== undefined && { random }),
    ...(seeds !== undefined && { seeds }),
    ...(jobs !== undefined && { jobs }),
    ...(backend !== undefined && { backend }),
    ...(memory !== undefined && { memory }),
  };
}

/** `palimpsest run` for one entry, as arguments of Node. */
function entryCommand(entry: Entry, notebook: string, folder: SweepFolder, options: readonly string[]): string[] {
  const sets = [...Object.entries(entry.texts), ["seed", String(entry.seed)]];
  const settings = sets.flatMap(([name, text]) => ["--set", `${name}=${text}`]);
  return [PALIMPSEST, "run", notebook, ...settings, "--json", "--resume", folder.folderOf(entry), ...options];
}

/** @returns the exit code */
async function printed(
  folder: SweepFolder,
  notebook: string,
  entries: readonly ReportedEntry[],
  axes: Axes | undefined,
  form: "json" | "text",
): Promise<number> {
  const table = sweepTable(entries, axes);
  await writeResultFiles(folder.path, notebook, entries, table);
  const text =
    form === "json"
      ? `${JSON.stringify({ sweep: folder.path, entries })}\n`
      : sweepText(entries, table, process.stdout.columns ?? WIDTH);
  process.stdout.write(text);
  return entries.every(({ status }) => status === "done") ? 0 : 1;
}

/** @throws Misuse */
function axesOf(text: string | undefined): Axes | undefined {
  try {
    return text === undefined ? undefined : readAxes(text);
  } catch (error) {
    throw new Misuse(error instanceof Error ? error.message : String(error));
  }
}

/** @throws Misuse */
function againOf(ids: readonly string[], entries: readonly Entry[]): readonly Entry[] {
  return ids.map((id) => {
    const entry = entries.find((each) => each.id === id);
    if (!entry) throw new Misuse(`--again: this sweep has no entry ${id}. See --status --json for the ids.`);
    return entry;
  });
}
