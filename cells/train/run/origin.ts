/** Where a run begins: anew, where the end of its kernel cut it off, or where it leaves another run. */
import type { ResumePoint } from "../../runs.ts";
import type { Course } from "./course.ts";
import type { KnobValues } from "./knobs.ts";
import type { Work } from "./work.ts";

/** Where a fork leaves another run, and what is to be different. */
export type Origin = {
  readonly run: string;
  readonly course: Course;
  readonly past: ResumePoint;
  readonly state: Promise<Uint8Array>;
  readonly knobs: KnobValues;
  /** By the user and not by code. */
  readonly asked: boolean;
};

/** Brings a training, and the course of its run, to where its next step is to begin. */
export async function open(work: Work, course: Course, origin: Origin | undefined): Promise<void> {
  const { sink } = course;
  if (sink.resumeFrom) {
    course.recall(sink.resumeFrom);
    await work.restore(await sink.state(sink.resumeFrom.step));
  } else if (origin) {
    const { past, run } = origin;
    course.adopt(past);
    const state = await origin.state;
    await work.restore(state);
    await sink.checkpoint(past.step, state, true);
    course.change({ kind: "fork", step: past.step, parent: run });
  } else for (const row of await work.begin()) course.row(row);
}
