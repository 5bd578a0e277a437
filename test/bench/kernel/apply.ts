import type { SessionEvent } from "../../../server/events.ts";
import { reduce } from "../../../server/state/reducer.ts";
import type { SessionState } from "../../../server/state/state.ts";

/** The state after one more event of the log. */
export function apply(state: SessionState, event: SessionEvent): SessionState {
  return reduce(state, { seq: state.seq + 1, time: 0, event });
}
