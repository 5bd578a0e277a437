/** What is learnt from the disk: project files that changed, results that the cache holds, costs of earlier sessions. */

import type { DiskEvent } from "../events.ts";
import { fileUsers, whatNeeds } from "./demand.ts";
import { alive, occupies, resnapped, restructured } from "./freshness.ts";
import { type CacheEvent, ended } from "./generation.ts";
import { fitted } from "./input-value.ts";
import type { SessionState } from "./state.ts";
import { cellState, withCell } from "./state.ts";

export function afterDiskEvent(state: SessionState, event: DiskEvent | CacheEvent): SessionState {
  if (event.type === "files-read") return fileUsers(state, restructured({ ...state, files: event.files }));
  const cell = cellState(state, event.cell);
  if (!cell?.analysis) return state;
  switch (event.type) {
    case "cost-known":
      return withCell(state, event.cell, (old) => ({ ...old, cost: event.cost }));
    case "cache-found": {
      if (event.snapshot !== cell.snapshot) return state;
      const { outputs, console, inputs, results } = event.shown;
      const found = withCell(state, event.cell, (old) => {
        if (alive(old) || occupies(old) || old.status === "running") return { ...old, kept: event.snapshot };
        const declared = inputs.map(({ name, live, spec }) => {
          const set = state.inputValues[name];
          return {
            name,
            live,
            spec,
            generation: old.generation,
            value: set === undefined ? spec.value : fitted(spec, set),
          };
        });
        return { ...old, kept: event.snapshot, outputs, console, results, inputs: declared };
      });
      const names = [...cell.inputs, ...inputs].map(({ name }) => name);
      return resnapped({ ...found, results: found.cells.flatMap((each) => each.results) }, names);
    }
  }
  if (cell.ranWith === undefined || event.generation !== cell.generation) return state;
  switch (event.type) {
    case "cell-restored":
      return withCell(state, event.cell, (old) => ({ ...old, restored: true }));
    case "cache-stored":
      return withCell(state, event.cell, (old) => ({ ...old, kept: event.snapshot }));
    case "cache-refused":
      return withCell(state, event.cell, ({ kept: _, ...old }) => ({ ...old, notCached: event.reason }));
    case "cache-lost": {
      const lost = withCell(ended(state, new Set([event.cell])), event.cell, ({ kept: _, ...old }) => old);
      return whatNeeds(lost, event.cell);
    }
  }
}
