/** Applies many past events at once. Rows of a run are appended in one piece, so that a long run costs no copy for each batch. */
import type { LoggedEvent, RunEvent } from "../events.ts";
import { reduce } from "./reducer.ts";
import type { SessionState } from "./state.ts";

type RowsEvent = Extract<RunEvent, { readonly type: "run-rows" }>;
type Held = { readonly event: RowsEvent; readonly rows: RowsEvent["rows"][number][] };

/** @returns the same state as `events.reduce(reduce, state)` */
export function replay(state: SessionState, events: Iterable<LoggedEvent>): SessionState {
  let next = state;
  const held = new Map<string, Held>();
  const release = (run: string | undefined, { seq, time }: LoggedEvent): void => {
    for (const [key, { event, rows }] of held) {
      if (run !== undefined && event.run !== run) continue;
      held.delete(key);
      // Rows and probes differ in their columns only; the compiler cannot see that the pieces are of one table.
      next = reduce(next, { seq, time, event: { ...event, rows } as RowsEvent });
    }
  };
  let last: LoggedEvent | undefined;
  for (const logged of events) {
    last = logged;
    const { event } = logged;
    if (event.type === "run-rows") {
      const key = `${event.table} ${event.run}`;
      const before = held.get(key);
      // Only a batch that continues the one before can be joined to it.
      if (before && before.event.from + before.rows.length === event.from) {
        for (const row of event.rows) before.rows.push(row);
        continue;
      }
      if (before) release(event.run, logged);
      held.set(key, { event, rows: [...event.rows] });
      continue;
    }
    const run =
      event.type === "run-started"
        ? event.run.id
        : "run" in event && typeof event.run === "string"
          ? event.run
          : undefined;
    if (run !== undefined) release(run, logged);
    next = reduce(next, logged);
  }
  if (last) release(undefined, last);
  return last && next.seq !== last.seq ? { ...next, seq: last.seq } : next;
}
