/** What is said of a run: its state, and what happened to it, in words. */

import { figure } from "../../server/state/quantity.ts";
import { isPaused, type RunState } from "../../server/state/state.ts";
import type { InputValue, RunChange } from "../../server/values.ts";

const words = {
  running: "training",
  done: "done",
  stopped: "stopped",
  failed: "failed",
  interrupted: "interrupted",
} as const satisfies Record<RunState["status"], string>;

export function statusText(run: RunState): string {
  return isPaused(run) ? "paused" : words[run.status];
}

export function shortValue(value: InputValue): string {
  return typeof value === "number" ? figure(value) : typeof value === "string" ? value : JSON.stringify(value);
}

export function changeText(change: RunChange): string {
  const at = `at step ${change.step}`;
  switch (change.kind) {
    case "knob":
      return `${change.name} ${shortValue(change.value)} ${at}`;
    case "pause":
      return `paused ${at}`;
    case "resume":
      return `resumed ${at}`;
    case "stop":
      return change.rule === undefined ? `stopped ${at}` : `stopped ${at} by the rule: ${change.rule}`;
    case "rewind":
      return `went back from step ${change.step} to ${change.to}`;
    case "restart":
      return `the kernel ended ${at}; went on from step ${change.to}`;
    case "fork":
      return `forked ${at}`;
    case "alert":
      return `${change.name} ${at}: ${change.message}`;
    default:
      return change satisfies never;
  }
}

/** Why it ended, in a sentence; undefined where its state says it all. */
export function endingText(run: RunState): string | undefined {
  const { status, message, changes } = run;
  const last = changes.at(-1);
  switch (status) {
    case "failed":
      return message;
    case "stopped":
      if (last?.kind !== "stop") return message;
      return last.rule === undefined ? undefined : `Stopped at step ${last.step} by the rule: ${last.rule}`;
    case "interrupted": {
      const to = run.checkpoints.at(-1)?.step;
      const next = to === undefined ? "It has no checkpoint and will begin anew" : `It will go on from step ${to}`;
      return `${message ?? "The kernel ended."} ${next} when its cell runs again unchanged.`;
    }
    case "running":
    case "done":
      return undefined;
  }
}
