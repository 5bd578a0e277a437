/**
 * A run that the end of a kernel cut off is gone on with: the same cell with the same snapshot, starting a training of the
 * same description, gets the old run's folder and name, cut back to its last checkpoint.
 */
import { isDeepStrictEqual } from "node:util";
import type { ResumePoint, RunAccount, RunCheckpoint, RunMeta } from "../../cells/runs.ts";
import type { Generation } from "./generation.ts";
import { RunFolder } from "./run-folder.ts";

type CutOffRun = {
  readonly id: string;
  readonly folder: RunFolder;
  readonly started: Date;
  readonly checkpoints: readonly RunCheckpoint[];
  readonly seconds: Readonly<Record<RunAccount, number>>;
  readonly past: ResumePoint;
};

/** The first of the cell's interrupted runs that was this training and has a checkpoint, cut back to its last one. */
export function cutOffRun(meta: RunMeta, generation: Generation, workspace: string): CutOffRun | undefined {
  for (const id of generation.interrupted) {
    const taken = RunFolder.take(workspace, id);
    if (!taken) continue;
    const { folder, about } = taken;
    const { rows, changes } = taken.tables;
    const checkpoints = ((about.checkpoints ?? []) as readonly RunCheckpoint[]).filter(
      ({ step }) => step <= rows.length && folder.hasState(step),
    );
    const last = checkpoints.at(-1);
    // A kernel whose server was killed leaves by itself and stops its runs; one that had been stopped before says so.
    const isOver = !["running", "stopped"].includes(String(about.status)) || changes.at(-1)?.kind === "stop";
    if (!last || isOver || !isDeepStrictEqual(described(about), described(meta))) {
      folder.close();
      continue;
    }
    generation.interrupted.splice(generation.interrupted.indexOf(id), 1);
    const kept = folder.cut(last.step, { kind: "restart", step: rows.length, to: last.step });
    return {
      id,
      folder,
      started: new Date(String(about.started)),
      checkpoints,
      seconds: about.seconds as CutOffRun["seconds"],
      past: { step: last.step, knobs: (about.knobs ?? {}) as ResumePoint["knobs"], ...kept },
    };
  }
  return undefined;
}

/** As JSON has it, since that is what the record holds. */
function described(each: object): unknown {
  const { method, steps, config, parent } = each as Partial<RunMeta>;
  return JSON.parse(JSON.stringify({ method, steps, config, parent }));
}
