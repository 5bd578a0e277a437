/** What the server found on the disk: changed project files, cached results, and the costs that earlier sessions measured. */
import type { DiskEvent } from "../events.ts";
import { afterFilesChanged } from "./automatic-runs.ts";
import type { CacheEvent } from "./cell-events.ts";
import { type CacheState, type CellState, heldValues, NOT_CACHED } from "./cell-state.ts";
import { alive, restructured, runsTopLevel, updateSnapshots } from "./freshness.ts";
import { fitted } from "./input-value.ts";
import { ended } from "./kernel-events.ts";
import { queuedWithAncestors } from "./queue.ts";
import { cellState, type SessionState, withCell } from "./state.ts";
import { storedKey } from "./stored-inputs.ts";

export function afterDiskEvent(state: SessionState, event: DiskEvent | CacheEvent): SessionState {
  if (event.type === "files-read") return afterFilesChanged(state, restructured({ ...state, files: event.files }));
  const cell = cellState(state, event.cell);
  if (!cell?.analysis) return state;
  if (event.type === "cost-known") return withCell(state, event.cell, (old) => ({ ...old, cost: event.cost }));
  if (event.type === "cache-found") return found(state, cell, event);
  if (event.type === "cache-unused") {
    const { snapshot, reason } = event;
    if (snapshot !== cell.snapshot) return state;
    return withCell(state, event.cell, (old) => ({ ...old, cache: { kind: "unused", snapshot, reason } }));
  }
  const values = heldValues(cell);
  if (!values || event.generation !== cell.generation) return state;
  switch (event.type) {
    case "cell-restored":
      return withCell(state, event.cell, (old) => ({ ...old, values: { ...values, restored: true } }));
    case "cache-stored":
      return withCell(state, event.cell, (old) => ({ ...old, cache: stored(old, event.snapshot) }));
    case "cache-refused":
      return withCell(state, event.cell, (old) => ({ ...old, cache: { kind: "refused", reason: event.reason } }));
    case "cache-lost": {
      const lost = withCell(ended(state, new Set([event.cell])), event.cell, (old) => ({
        ...old,
        cache: old.cache.kind === "unused" ? old.cache : NOT_CACHED,
      }));
      return queuedWithAncestors(lost, event.cell);
    }
  }
}

function stored({ cache }: CellState, snapshot: string): CacheState {
  const replaced = cache.kind === "unused" && cache.snapshot === snapshot ? cache.reason : undefined;
  return { kind: "stored", snapshot, ...(replaced !== undefined && { replaced }) };
}

/** A cell without values shows the outputs of its cached result. */
function found(
  state: SessionState,
  cell: CellState,
  { snapshot, shown }: Extract<DiskEvent, { type: "cache-found" }>,
): SessionState {
  if (snapshot !== cell.snapshot) return state;
  const { outputs, console, inputs, results } = shown;
  const next = withCell(state, cell.cell.id, (old) => {
    const stored: CellState = { ...old, cache: { kind: "stored", snapshot } };
    if (alive(old) || runsTopLevel(old) || old.status === "running") return stored;
    const declared = inputs.map(({ name, live, spec }) => {
      const set = state.inputValues[storedKey(cell, name)];
      const value = set === undefined ? spec.value : fitted(spec, set);
      return { name, live, spec, generation: old.generation, value };
    });
    return { ...stored, outputs, madeWith: snapshot, console, results, inputs: declared };
  });
  const names = [...cell.inputs, ...inputs].map(({ name }) => name);
  return updateSnapshots({ ...next, results: next.cells.flatMap((each) => each.results) }, names);
}
