/**
 * What follows from the notebook as it is now: topology, structure errors and snapshots, and questions about a cell that
 * the other files ask. A cell is stale if its snapshot differs from the one that it ran with, or if its values were made from a cell
 * that no longer defines a name for it. Undoing an edit brings the old snapshot back, so the cell is fresh again.
 */

import { snapshots } from "../notebook/graph/snapshot.ts";
import { ancestors, descendants, placesOf, updatedTopology } from "../notebook/graph/topology.ts";
import { placeOfImport } from "../notebook/language/imports.ts";
import { flagged } from "../notebook/source/head.ts";
import type { AnalysedCell, CellError, CellId, CellWarning, Topology } from "../notebook/types.ts";
import type { Cost, InputValue } from "../values.ts";
import type { CellState } from "./cell-state.ts";
import { heldValues } from "./cell-state.ts";
import { sameValue } from "./input-value.ts";
import type { SessionState } from "./state.ts";
import { cellState, withCells } from "./state.ts";

/** The kernel holds its values, and dependents may use them. */
export function alive(cell: CellState): boolean {
  return cell.values.kind === "in-kernel" && cell.values.settled;
}

/** The snapshot whose values the kernel holds. */
export function ranWith(cell: CellState): string | undefined {
  return heldValues(cell)?.snapshot;
}

/** The cache has a result for its present snapshot, and the kernel does not: it can be restored without its ancestors. */
export function restorable(cell: CellState): boolean {
  return (
    cell.cache.kind === "stored" &&
    cell.cache.snapshot === cell.snapshot &&
    ranWith(cell) !== cell.snapshot &&
    !(cell.status === "queued" && cell.renew) &&
    flagged(cell.cell, "cache")
  );
}

/** Its top level is running. */
export function runsTopLevel(cell: CellState): boolean {
  return cell.status === "running" && !alive(cell);
}

/** The cell has values, or is about to have them. */
export function hasOrGetsValues(cell: CellState | undefined): boolean {
  return cell !== undefined && (alive(cell) || runsTopLevel(cell) || cell.status === "queued");
}

/** Its values are missing or stale. In a cell with the mode `once`, stale values count as good. */
export function outdated(cell: CellState): boolean {
  if (cell.status === "queued") return false;
  if (!alive(cell) && !runsTopLevel(cell)) return true;
  return cell.stale && cell.cell.mode !== "once";
}

export function parentsOf(topology: Topology, id: CellId): readonly CellId[] {
  return topology.parents.get(id) ?? [];
}

export function childrenOf(topology: Topology, id: CellId): readonly CellId[] {
  return topology.children.get(id) ?? [];
}

/**
 * Its values, or those of a cell above it, were made from a cell that is not a parent any more. Its snapshot may be the same,
 * since another cell may define the same name by the same code.
 */
export function isRewired(state: SessionState, id: CellId): boolean {
  const { topology, rewired } = state;
  // `rewired` has candidates only: a cell that ran again meanwhile was made from its parents.
  if (!rewired.includes(id)) return false;
  return [id, ...ancestors(topology, [id])].some((each) => {
    const cell = cellState(state, each);
    return cell !== undefined && madeFromOthers(topology, cell);
  });
}

function madeFromOthers(topology: Topology, cell: CellState): boolean {
  const { madeFrom = [] } = heldValues(cell) ?? {};
  const parents = parentsOf(topology, cell.cell.id);
  return parents !== madeFrom && madeFrom.some((from) => !parents.includes(from));
}

/** Recomputes topology, structure errors and snapshots, after an event that changed cells or files. */
export function restructured(state: SessionState): SessionState {
  const topology = updatedTopology(state.topology, codeOf(state));
  const cells = state.cells.map((cell) => {
    const ownErrors = topology.errors.get(cell.cell.id) ?? [];
    const importErrors = fileErrors(cell, state.files);
    const errors = importErrors.length === 0 ? ownErrors : [...ownErrors, ...importErrors];
    const next = errors.length === 0 && cell.errors.length === 0 ? cell : { ...cell, errors };
    return withWarnings(next, topology.warnings.get(cell.cell.id));
  });
  const idsOf = (which: (cell: CellState) => boolean): CellId[] =>
    cells.flatMap((each) => (which(each) ? [each.cell.id] : []));
  const made = idsOf((cell) => madeFromOthers(topology, cell));
  const next = {
    ...state,
    topology,
    cells,
    changed: "any" as const,
    places: placesMatch(state) ? state.places : placesOf(idsOf(() => true)),
    streamCells: idsOf((cell) => heldValues(cell)?.streams !== undefined || (cell.analysis?.streams.length ?? 0) > 0),
    rewired: made.length === 0 ? [] : [...new Set([...made, ...descendants(topology, made)])],
  };
  return withSnapshots(
    next,
    snapshots(topology, (name) => changedInput(next, name), next.files),
  );
}

function placesMatch({ cells, places }: SessionState): boolean {
  return cells.length === places.size && cells.every(({ cell }, index) => places.get(cell.id) === index);
}

/** Recomputes the snapshots of the cells that use these constants, and of their descendants, after an event that changed inputs. */
export function updateSnapshots(state: SessionState, names: readonly string[]): SessionState {
  const { topology, files } = state;
  const users = names.flatMap((name) => usersOf(state, topology.definers.get(name), name));
  if (users.length === 0) return state;
  const cells = new Set([...users, ...descendants(topology, users)]);
  const others = (id: CellId): string => cellState(state, id)?.snapshot ?? "";
  return withSnapshots(
    state,
    snapshots(topology, (name) => changedInput(state, name), files, { cells, others }),
  );
}

function withSnapshots(state: SessionState, computed: ReadonlyMap<CellId, string>): SessionState {
  return withCells(state, computed.keys(), (cell) => {
    const snapshot = computed.get(cell.cell.id)!;
    return snapshot === cell.snapshot ? cell : { ...cell, snapshot };
  });
}

/** The cells that use a name of this cell. */
export function usersOf({ topology, ...state }: SessionState, definer: CellId | undefined, name: string): CellId[] {
  const users = definer === undefined ? [] : childrenOf(topology, definer);
  return users.filter((id) => cellState(state, id)?.analysis?.references.includes(name));
}

/** The expected cost of running the cells: the sum of what each took last time. A cell that never ran counts as 0. */
export function costOf(state: SessionState, ids: ReadonlySet<CellId>): Cost {
  const costs = [...ids].flatMap((id) => cellState(state, id)?.cost ?? []);
  return {
    seconds: costs.reduce((sum, { seconds }) => sum + seconds, 0),
    bytes: costs.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** Most edits change no warning; then the cell stays the same object, and the page need not draw it again. */
function withWarnings(cell: CellState, warnings: readonly CellWarning[] | undefined): CellState {
  if (cell.warnings === warnings || JSON.stringify(cell.warnings) === JSON.stringify(warnings)) return cell;
  const { warnings: _, ...rest } = cell;
  return warnings ? { ...rest, warnings } : rest;
}

/** The faults of project files, as errors of a cell that imports them. */
function fileErrors({ cell, analysis }: CellState, files: SessionState["files"]): readonly CellError[] {
  if (!analysis || analysis.files.length === 0) return [];
  return analysis.files.flatMap((module) =>
    (files[module]?.faults ?? []).flatMap((fault): CellError[] => {
      // A missing file may appear before the cell runs; otherwise the import itself fails with a clear message.
      // Logs of earlier versions call files that import each other a fault.
      if (fault.kind === "missing" || fault.kind === "circle") return [];
      const position = placeOfImport(cell.source, module);
      const refused = `${fault.file} ${fault.message}. Cells can import regular files of up to 2 MB inside the workspace.`;
      if (fault.kind === "refused") return [{ kind: "syntax", message: refused, ...(position && { position }) }];
      const message = `${fault.file}, line ${fault.line}, column ${fault.column}: ${fault.message}`;
      return [{ kind: "syntax", message, ...(position && { position }) }];
    }),
  );
}

function codeOf(state: SessionState): AnalysedCell[] {
  return state.cells.flatMap(({ cell, analysis }) => (analysis ? [{ id: cell.id, analysis }] : []));
}

/** The value of an input if it differs from its default, so that an input set back to its default makes its users fresh again. */
function changedInput(state: SessionState, name: string): InputValue | undefined {
  const definer = cellState(state, state.topology.definers.get(name) ?? "");
  const input = definer?.inputs.find((each) => each.name === name);
  if (!input) return state.inputValues[name];
  return sameValue(input.value, input.spec.value) ? undefined : input.value;
}
