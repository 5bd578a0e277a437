/**
 * Continues a run that was cut off when its kernel ended: if the same cell with the same snapshot starts a training with the
 * same description, that training gets the old run's folder and name, cut back to its last checkpoint.
 */
import { isDeepStrictEqual } from "node:util";
import type { ResumePoint, RunAccount, RunCheckpoint, RunMeta } from "../../cells/runs.ts";
import type { Generation } from "./generation.ts";
import { RunFolder } from "./run-folder.ts";

type ContinuedRun = {
  readonly folder: RunFolder;
  readonly started: Date;
  readonly checkpoints: readonly RunCheckpoint[];
  readonly seconds: Readonly<Record<RunAccount, number>>;
  readonly past: ResumePoint;
};

/** @returns the first of the cell's interrupted runs that was this training and has a checkpoint, cut back to its last one */
export function continuedRun(meta: RunMeta, generation: Generation, workspace: string): ContinuedRun | undefined {
  const { interruptedRuns } = generation;
  for (const id of interruptedRuns) {
    const opened = RunFolder.open(workspace, id);
    if (!opened) continue;
    const { folder, description } = opened;
    const { rows, changes } = opened.records;
    const checkpoints = ((description.checkpoints ?? []) as readonly RunCheckpoint[]).filter(
      ({ step }) => step <= rows.length && folder.checkpoints.has(step),
    );
    const last = checkpoints.at(-1);
    // A kernel whose server was killed exits by itself and stops its runs. A run that the user stopped says so in its changes.
    // A run that was done before its server was killed does its last steps again, so that its model is there.
    const isOver = description.status === "failed" || changes.at(-1)?.kind === "stop";
    if (!last || isOver || !isDeepStrictEqual(trainingOf(description), trainingOf(meta))) {
      folder.tables.close();
      continue;
    }
    interruptedRuns.splice(interruptedRuns.indexOf(id), 1);
    const left = folder.tables.cut(last.step, { kind: "restart", step: rows.length, to: last.step });
    return {
      folder,
      started: new Date(String(description.started)),
      checkpoints,
      seconds: description.seconds as ContinuedRun["seconds"],
      past: { step: last.step, knobs: (description.knobs ?? {}) as ResumePoint["knobs"], ...left },
    };
  }
  return undefined;
}

/** What makes two trainings the same, as JSON has it, since `run.json` was written as JSON. */
function trainingOf(each: object): unknown {
  const { method, config, parent, prepared = [] } = each as Partial<RunMeta> & { prepared?: readonly string[] };
  // What the first phase added is not known when a training begins; so is the number of steps of a training by epochs.
  const known = Object.entries(config ?? {}).filter(([key]) => !prepared.includes(key));
  return JSON.parse(JSON.stringify({ method, config: Object.fromEntries(known), parent }));
}
