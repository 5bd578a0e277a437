/**
 * *Verify here*: repeats a record in the page as `palimpsest verify` does on a machine, and tells after each row how far the numbers
 * are the same.
 */
import { Comparison } from "../records/comparison.ts";
import { openRecord } from "../records/open-record.ts";
import { RepeatedWorkspace } from "../records/repeated-workspace.ts";
import { planOf } from "../records/replay.ts";
import { Verification } from "../records/verification.ts";
import { openSession } from "../session/open.ts";
import { outputsOf } from "../session/outputs.ts";
import type { Session } from "../session/session.ts";
import { GIVEN } from "./places.ts";
import { MEMORY_BYTES, type VerificationProgress } from "./port.ts";

/**
 * @param attach shows the session that repeats it
 * @throws Damaged if a file of the record was changed, or is not in the page
 */
export async function verifyHere(
  folder: string,
  attach: (session: Session) => void,
  tell: (progress: VerificationProgress) => void,
): Promise<void> {
  const open = await openRecord(folder, "without weights");
  const { record, tables, digest } = open;
  const lengths = new Map([...tables].map(([id, { rows }]) => [id, rows.length]));
  const comparison = new Comparison();
  const [round] = planOf(record, lengths, { kind: "all" }, digest);
  const place = await RepeatedWorkspace.make(open, GIVEN);
  const verification = new Verification(open, round!, comparison, () => undefined);
  const session = await openSession({
    workspace: place.workspace,
    path: record.notebook,
    backend: "wasm",
    memory: MEMORY_BYTES,
    seed: record.seed,
    use: { kind: "headless", inputs: record.inputs },
    replay: round!.replay,
    onUse: verification.onUse,
  });
  const progress = (stage: VerificationProgress["stage"], errors: readonly string[]): VerificationProgress => {
    const { verdict, first } = comparison;
    const runs = record.runs.map(({ id, method, steps }) => {
      return { run: id, method, steps: lengths.get(id) ?? steps, verified: verification.verified.get(id) ?? 0 };
    });
    return { stage, verdict, runs, errors, ...(first && { first }) };
  };
  verification.watch(session);
  attach(session);
  const ended = new Promise<void>((resolve) => {
    session.onClosed(resolve);
    session.subscribe((logged) => {
      if (logged.some(({ event }) => event.type === "run-rows" || event.type === "run-started"))
        tell(progress("so far", []));
      if (session.state.cells.every(({ status }) => status !== "queued" && status !== "running")) resolve();
    });
  });
  tell(progress("so far", []));
  await session.request({ type: "run", cells: "all" });
  await ended;
  const { state } = session;
  await verification.finish(state, await outputsOf(session, state), place.workspace);
  const errors = state.cells.flatMap(({ cell, error }) => (error ? [`cell ${cell.id}: ${error.message}`] : []));
  if (!verification.ready && state.kernel.status === "ended") errors.push(state.kernel.reason);
  tell(progress("done", errors));
}
