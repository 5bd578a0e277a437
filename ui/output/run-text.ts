/** The texts of a run's card: its status, its events, and why it ended. */
import { bytes, figure } from "../../server/state/quantity.ts";
import { isPaused, type RunState } from "../../server/state/state.ts";
import type { InputValue, RunChange } from "../../server/values.ts";

const statusWords = {
  running: "training",
  done: "done",
  stopped: "stopped",
  failed: "failed",
  interrupted: "interrupted",
} as const satisfies Record<RunState["status"], string>;

export function statusText(run: RunState): string {
  if (isPaused(run)) return "paused";
  return phaseOf(run) ? "preparing" : statusWords[run.status];
}

/** What the run does before its first step: "Writing rationales 120/300". */
export function phaseText(run: RunState): string | undefined {
  const phase = phaseOf(run);
  return phase && `${phase.label} ${phase.done}/${phase.total}`;
}

/** How much of what the run does now is done, from 0 to 1. */
export function shareDone(run: RunState): number {
  const { done, total } = phaseOf(run) ?? { done: lastStep(run), total: run.info.steps };
  return total > 0 ? Math.min(1, done / total) : 0;
}

function phaseOf({ status, phase }: RunState): RunState["phase"] {
  return status === "running" ? phase : undefined;
}

/** The last step that the run has reported; 0 before the first. */
export function lastStep(run: RunState): number {
  return run.rows.at(-1)?.step ?? 0;
}

/** The memory that the run was expected to need, and its parts; undefined for a run that does not say it. */
export function memoryText({ info }: Pick<RunState, "info">): string | undefined {
  const { total, runtime, ...parts } = (info.config.memory ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof total !== "number") return undefined;
  const named = Object.entries(parts).map(([name, part]) => `${name} ${bytes(Number(part))}`);
  return `about ${bytes(total)} of memory: ${named.join(", ")}`;
}

/** Numbers are rounded for reading. */
export function shortValue(value: InputValue): string {
  return typeof value === "number" ? figure(value) : typeof value === "string" ? value : JSON.stringify(value);
}

export function changeText(change: RunChange): string {
  const at = `at step ${change.step}`;
  switch (change.kind) {
    case "knob":
      return `${change.name} = ${shortValue(change.value)} ${at}`;
    case "pause":
      return `paused ${at}`;
    case "resume":
      return `resumed ${at}`;
    case "stop":
      return change.rule === undefined ? `stopped ${at}` : `stopped ${at} by the rule “${change.rule}”`;
    case "rewind":
      return `rewound from step ${change.step} to ${change.to}`;
    case "restart":
      return `kernel ended ${at}; continued from step ${change.to}`;
    case "fork":
      return `forked ${at}`;
    case "alert":
      return `${change.name} ${at}: ${change.message}`;
    default:
      return change satisfies never;
  }
}

/** Why the run ended, as a sentence; undefined when its status says enough. */
export function endingText(run: RunState): string | undefined {
  const { status, message, changes } = run;
  const last = changes.at(-1);
  switch (status) {
    case "failed":
      return message;
    case "stopped":
      if (last?.kind !== "stop") return message;
      return last.rule === undefined ? undefined : `Stopped at step ${last.step} by the rule “${last.rule}”.`;
    case "interrupted": {
      const to = run.checkpoints.at(-1)?.step;
      const next = to === undefined ? "start from the beginning (it has no checkpoint)" : `continue from step ${to}`;
      return `${message ?? "The kernel ended."} When you run its cell again unchanged, the training will ${next}.`;
    }
    case "running":
    case "done":
      return undefined;
    default:
      return status satisfies never;
  }
}
