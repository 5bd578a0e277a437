/** What the session is told about tensors: how much each cell holds, and the totals, at most a few times a second. */

import type { CellId } from "../notebook/types.ts";
import type { Holding, Holdings, Memory } from "../values.ts";
import type { Account } from "./account.ts";

/** Milliseconds between two reports. */
const INTERVAL_MS = 250;

type Accounts = Iterable<readonly [CellId, Account]>;

/** @param living accounts of generations; of two of one cell the later counts. @param kept accounts of cells that have ended */
export function holdingsOf(living: Accounts, kept: Accounts, total: number, memory: Memory): Holdings {
  const cells = new Map<CellId, Holding>();
  for (const [cell, account] of living) cells.set(cell, holdingOf(account));
  for (const [cell, account] of kept) if (!cells.has(cell)) cells.set(cell, holdingOf(account));
  return { total, cells: Object.fromEntries(cells), memory };
}

function holdingOf(account: Account): Holding {
  const { bytes, peak, entries, largest } = account;
  const shown = largest && { shape: largest.shape, dtype: largest.dtype, bytes: largest.buffer.bytes };
  return { bytes, count: entries.size, peak, ...(shown && { largest: shown }) };
}

/** Reports the holdings a moment after they changed, if they differ from those reported last. */
export class HoldingsReport {
  readonly #holdings: () => Holdings;
  readonly #report: (holdings: Holdings) => void;
  #timer: NodeJS.Timeout | undefined;
  #last = "";

  constructor(holdings: () => Holdings, report: (holdings: Holdings) => void) {
    this.#holdings = holdings;
    this.#report = report;
  }

  changed(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const holdings = this.#holdings();
      const text = JSON.stringify(holdings);
      if (text !== this.#last) this.#report(holdings);
      this.#last = text;
    }, INTERVAL_MS);
  }
}
