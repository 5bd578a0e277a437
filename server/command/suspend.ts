/**
 * Ends a headless run so that the same command goes on later: each training saves a checkpoint between two steps, which is what
 * a pause does, and then the kernel ends. A scheduler gives a job only some seconds before it kills it, so the wait is short.
 */
import type { Session } from "../session/session.ts";
import { isPaused } from "../state/state.ts";

/** Milliseconds for the checkpoints. */
const WAIT_MS = 10_000;

export async function suspend(session: Session): Promise<void> {
  const running = Object.values(session.state.runs).filter((run) => run.status === "running" && !isPaused(run));
  const paused = new Promise<void>((resolve) => {
    const look = (): void => {
      const { runs } = session.state;
      const waits = running.some(({ info }) => runs[info.id]?.status === "running" && !isPaused(runs[info.id]!));
      if (!waits) resolve();
    };
    session.subscribe(look);
    setTimeout(resolve, WAIT_MS).unref();
    look();
  });
  for (const { info } of running)
    await session.request({ type: "steer", run: info.id, order: { type: "pause" } }).catch(() => undefined);
  await paused;
  await session.close();
}
