/** Runs all cells of a session to their end, without a page. */
import type { SessionEvent } from "../events.ts";
import type { CellError, CellId } from "../notebook/types.ts";
import { outputsOf } from "../session/outputs.ts";
import type { Session } from "../session/session.ts";
import { blockerOf, type CellState } from "../state/cell-state.ts";
import type { SessionState } from "../state/state.ts";
import type { CellOutputs } from "../values.ts";
import { ProgressLine } from "./progress-line.ts";
import { checkSetting, type Settings } from "./settings.ts";
import { suspend } from "./suspend.ts";

export type HeadlessResult = {
  /** `suspended`: it was ended from outside, and the same command goes on. */
  readonly status: "done" | "failed" | "stopped" | "suspended";
  readonly state: SessionState;
  /** One line per error. */
  readonly errors: readonly string[];
  /** What the cells show, in the order of the notebook. */
  readonly outputs: readonly CellOutputs[];
};

/** What the first interrupt does: `stop` ends the trainings with what they have learnt, `suspend` saves their checkpoints. */
export type OnInterrupt = "stop" | "suspend";

/**
 * Runs cells with what they need, waits for them and their trainings, and closes the session. The first interrupt (Ctrl+C, SIGTERM)
 * stops the cells and keeps their values, or suspends them; the second one closes the session at once.
 * @param until closes the session at once when it aborts
 * @throws Misuse for a setting that its input does not accept, and the reason of `until`
 */
export async function runHeadless(
  session: Session,
  settings: Settings,
  {
    cells = "all",
    onInterrupt = "stop",
    until,
  }: {
    readonly cells?: "all" | readonly CellId[];
    readonly onInterrupt?: OnInterrupt;
    readonly until?: AbortSignal;
  } = {},
): Promise<HeadlessResult> {
  const progress = new ProgressLine(process.stderr);
  if (session.state.notice) progress.print(session.state.notice.text);
  let misuse: Error | undefined;
  let interrupted: "stopped" | "suspended" | undefined;
  const stop = (): void => {
    if (interrupted) return void session.close();
    interrupted = onInterrupt === "stop" ? "stopped" : "suspended";
    void (onInterrupt === "stop" ? session.request({ type: "stop" }) : suspend(session));
  };
  const close = (): void => void session.close();
  until?.addEventListener("abort", close);
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  const allEnded = new Promise<void>((resolve) => {
    session.onClosed(resolve);
    session.subscribe((logged) => {
      for (const { event } of logged) {
        if (event.type === "cell-console") for (const { text, open } of event.lines) open || progress.print(text);
        else if (event.type === "notice") progress.print(event.text);
        else if (event.type === "input-declared") misuse ??= misuseOf(event, settings);
      }
      progress.show(session.state);
      if (misuse || session.state.cells.every((cell) => cell.status !== "queued" && cell.status !== "running"))
        resolve();
    });
  });
  try {
    await session.request({ type: "run", cells });
    await allEnded;
  } finally {
    progress.clear();
    until?.removeEventListener("abort", close);
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  }
  const { state } = session;
  const outputs = misuse || until?.aborted ? [] : await outputsOf(session, state);
  await session.close();
  until?.throwIfAborted();
  if (misuse) throw misuse;
  return { ...resultOf(state, interrupted), outputs };
}

/** What ran, and its errors; the kernel's end counts as one if nothing else explains it. */
function resultOf(
  state: SessionState,
  interrupted: "stopped" | "suspended" | undefined,
): Omit<HeadlessResult, "outputs"> {
  const disabled = (cell: CellState): boolean => blockerOf(cell)?.why === "disabled";
  const failed = state.cells.some((cell) => cell.status !== "done" && cell.analysis && !disabled(cell));
  const errors = state.cells.flatMap(({ cell, error, errors }) =>
    [...(error ? [error] : []), ...errors].map((each) => errorLine(cell.id, each)),
  );
  if (errors.length === 0 && state.kernel.status === "ended" && !interrupted) errors.push(state.kernel.reason);
  // The signal may have come after the last cell.
  const status = interrupted === "suspended" && !failed ? "done" : (interrupted ?? (failed ? "failed" : "done"));
  return { status, state, errors };
}

function misuseOf(event: Extract<SessionEvent, { type: "input-declared" }>, settings: Settings): Error | undefined {
  try {
    checkSetting(event, settings);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** `cell model:3:7 …`; lines and columns count from 1. */
export function errorLine(cell: string, { position, message }: CellError): string {
  return `cell ${cell}${position ? `:${position.line}:${position.column + 1}` : ""} ${message}`;
}
