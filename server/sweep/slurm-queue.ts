/**
 * What Slurm says of the tasks of a sweep. The text form of `squeue` and `sacct` is read, since it is the same in all versions,
 * while their JSON has other types in each. A task is known by the number of its array and its place in it, `123_4`.
 */

/** `waiting` and `running`: it will go on by itself. `ended`: it will not; `state` is Slurm's word. */
export type TaskState = {
  readonly kind: "waiting" | "running" | "ended";
  readonly state: string;
  readonly reason: string;
  /** The folder that it works in, while `squeue` knows the task. */
  readonly folder?: string;
};

const WAITING = ["PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD", "RESV_DEL_HOLD", "SPECIAL_EXIT"];
const RUNNING = ["RUNNING", "COMPLETING", "RESIZING", "SIGNALING", "STAGE_OUT", "STOPPED", "SUSPENDED"];

/** The options with which the two tools print what `readTasks` reads. */
export const SQUEUE = ["--noheader", "--array", "--states=all", "--format=%i|%T|%r|%Z"];
export const SACCT = ["--noheader", "--allocations", "--parsable2", "--format=JobID,State"];

/** @param text lines such as `123_4|RUNNING|None|/folder`. @returns the tasks of arrays by their names; other jobs are left out */
export function readTasks(text: string): ReadonlyMap<string, TaskState> {
  const tasks = text.split("\n").flatMap((line): [string, TaskState][] => {
    const [task = "", said = "", reason = "", ...rest] = line.trim().split("|");
    const folder = rest.join("|");
    // "CANCELLED by 1000", "COMPLETED+"
    const [state = ""] = said.split(/[ +]/);
    return /^\d+_\d+$/.test(task) && state !== ""
      ? [[task, { kind: kindOf(state), state, reason, ...(folder !== "" && { folder }) }]]
      : [];
  });
  return new Map(tasks);
}

function kindOf(state: string): TaskState["kind"] {
  return WAITING.includes(state) ? "waiting" : RUNNING.includes(state) ? "running" : "ended";
}

/** `PENDING (Resources)` */
export function taskText({ state, reason }: TaskState): string {
  return reason === "" || reason === "None" ? state : `${state} (${reason})`;
}
