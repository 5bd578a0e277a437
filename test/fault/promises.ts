/** What a page was promised, and whether a page that comes later finds it. Each check throws at a promise that was not kept. */
import { isDeepStrictEqual } from "node:util";
import type { CellState } from "../../server/state/cell-state.ts";
import { cellState, type RunState, type SessionState } from "../../server/state/state.ts";

/** What one thing was set to: the value that was acknowledged last, and those that were sent after it. */
export class Setting {
  #acknowledged: string;
  #sent: string[] = [];
  count = 0;

  constructor(value: string) {
    this.#acknowledged = value;
  }

  sent(value: string): void {
    this.#sent.push(value);
  }

  done(value: string): void {
    this.count += 1;
    this.#acknowledged = value;
    this.#sent = this.#sent.slice(this.#sent.indexOf(value) + 1);
  }

  check(what: string, there: string): void {
    if (there !== this.#acknowledged && !this.#sent.includes(there))
      throw new Error(`${what} is ${there}, but ${this.#acknowledged} was acknowledged`);
    this.#acknowledged = there;
    this.#sent = [];
  }
}

const goesBack = ({ changes }: RunState) =>
  changes.flatMap((change) => (change.kind === "restart" || change.kind === "rewind" ? [change.to] : []));

/**
 * The rows of trainings and the outputs of one cell. The server acknowledges them too: an answer `done` comes after all that it
 * sent before is saved. From then on every row of that run counts that a page receives, up to the last one before a kill.
 */
export class Shown {
  readonly #cell: string;
  readonly #runs = new Map<string, RunState>();
  #outputs: CellState | undefined;

  constructor(cell: string) {
    this.#cell = cell;
  }

  /** A request that was sent when the page had this state was answered `done`. */
  done(state: SessionState): void {
    for (const run of Object.values(state.runs)) this.#runs.set(run.info.id, run);
    const cell = cellState(state, this.#cell);
    if (cell && cell.outputs.length > 0) this.#outputs = cell;
  }

  /** The last state that a page had. */
  lastSeen(state: SessionState): void {
    for (const [id, known] of this.#runs) {
      const last = state.runs[id];
      if (last && goesBack(last).length === goesBack(known).length) this.#runs.set(id, last);
    }
  }

  /** The most rows of one run. */
  get rows(): number {
    return Math.max(0, ...[...this.#runs.values()].map(({ rows }) => rows.length));
  }

  check(state: SessionState): void {
    for (const run of Object.values(state.runs)) {
      const steps = run.rows.map(({ step }) => step);
      if (steps.some((step, index) => step !== index + 1)) throw new Error(`Rows have a gap: ${steps.join(" ")}`);
    }
    for (const [id, known] of this.#runs) {
      const run = state.runs[id];
      // A session that begins again leaves out a run that has ended and that nothing shows.
      if (!run && known.status === "running") throw new Error(`The run ${id} is gone`);
      if (run) checkRows(known, run);
    }
    const [known, there] = [this.#outputs, cellState(state, this.#cell)];
    if (!known) return;
    if (!there || there.generation < known.generation)
      throw new Error(`The cell ${this.#cell} is back before its generation ${known.generation}`);
    if (there.generation === known.generation && !isDeepStrictEqual(there.outputs, known.outputs))
      throw new Error(`The outputs of ${this.#cell} are ${JSON.stringify(there.outputs)}, not those that were seen`);
  }
}

/** A run that continues goes back to its checkpoint and computes the rows after it again. */
function checkRows(known: RunState, there: RunState): void {
  const since = goesBack(there).slice(goesBack(known).length);
  const count = Math.min(known.rows.length, ...since);
  if (there.rows.length < count || goesBack(there).length < goesBack(known).length)
    throw new Error(`${count} rows of ${known.info.id} were seen, and ${there.rows.length} are there`);
  if (!isDeepStrictEqual(there.rows.slice(0, count), known.rows.slice(0, count)))
    throw new Error(`Rows of ${known.info.id} have other values than those that were seen`);
}
