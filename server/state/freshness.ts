/**
 * What follows from the notebook as it stands: topology, errors of structure, snapshots. Staleness is always derived from
 * snapshots, never remembered: so undoing an edit makes a cell fresh again.
 */

import type { Cost } from "../events.ts";
import { snapshots } from "../notebook/graph/snapshot.ts";
import { descendants, placesOf, retopology } from "../notebook/graph/topology.ts";
import { placeOfImport } from "../notebook/language/imports.ts";
import { flagged } from "../notebook/source/head.ts";
import type { AnalysedCell, CellError, CellId, Topology } from "../notebook/types.ts";
import type { InputValue } from "../values.ts";
import { sameValue } from "./input-value.ts";
import type { CellState, SessionState } from "./state.ts";
import { cellState, withCells } from "./state.ts";

/** Its values live in the kernel and dependents may use them. */
export function alive(cell: CellState): boolean {
  return cell.ranWith !== undefined && cell.settled;
}

/** What it gives as the notebook stands lies in the cache, and is not in the kernel: it can be had without its ancestors. */
export function restorable(cell: CellState): boolean {
  return (
    cell.kept !== undefined &&
    cell.kept === cell.snapshot &&
    cell.ranWith !== cell.snapshot &&
    !cell.forced &&
    flagged(cell.cell, "cache")
  );
}

/** Its top level is at work. */
export function occupies(cell: CellState): boolean {
  return cell.status === "running" && !cell.settled;
}

/** Its values are missing or are not those of the notebook as it stands. `once` is content with any values. */
export function outdated(cell: CellState): boolean {
  if (cell.status === "queued") return false;
  if (!alive(cell) && !occupies(cell)) return true;
  return cell.stale && cell.cell.mode !== "once";
}

export function parentsOf(topology: Topology, id: CellId): readonly CellId[] {
  return topology.parents.get(id) ?? [];
}

export function childrenOf(topology: Topology, id: CellId): readonly CellId[] {
  return topology.children.get(id) ?? [];
}

/** Recomputes what follows from the cells' code, and snapshots; for events that change cells or files. */
export function restructured(state: SessionState): SessionState {
  const shape = retopology(state.topology, codeOf(state));
  const cells = state.cells.map((cell) => {
    const own = shape.errors.get(cell.cell.id) ?? [];
    const theirs = fileErrors(cell, state.files);
    const errors = theirs.length === 0 ? own : [...own, ...theirs];
    return errors.length === 0 && cell.errors.length === 0 ? cell : { ...cell, errors };
  });
  const idsOf = (which: (cell: CellState) => boolean): CellId[] =>
    cells.flatMap((each) => (which(each) ? [each.cell.id] : []));
  const next = {
    ...state,
    topology: shape,
    cells,
    changed: "any" as const,
    places: inPlace(state) ? state.places : placesOf(idsOf(() => true)),
    streaming: idsOf(({ analysis, streams }) => streams !== undefined || (analysis?.streams.length ?? 0) > 0),
    strays: idsOf(({ cell, madeFrom = [] }) => {
      const parents = parentsOf(shape, cell.id);
      return parents !== madeFrom && madeFrom.some((from) => !parents.includes(from));
    }),
  };
  return snapped(
    next,
    snapshots(shape, (name) => changedInput(next, name), next.files),
  );
}

function inPlace({ cells, places }: SessionState): boolean {
  return cells.length === places.size && cells.every(({ cell }, index) => places.get(cell.id) === index);
}

/** Recomputes the snapshots of the cells that use these constants, and of all that use those; for events that change values of inputs. */
export function resnapped(state: SessionState, names: readonly string[]): SessionState {
  const { topology, files } = state;
  const users = names.flatMap((name) => usersOf(state, topology.definers.get(name), name));
  if (users.length === 0) return state;
  const cells = new Set([...users, ...descendants(topology, users)]);
  const others = (id: CellId): string => cellState(state, id)?.snapshot ?? "";
  return snapped(
    state,
    snapshots(topology, (name) => changedInput(state, name), files, { cells, others }),
  );
}

function snapped(state: SessionState, marks: ReadonlyMap<CellId, string>): SessionState {
  return withCells(state, marks.keys(), (cell) => {
    const snapshot = marks.get(cell.cell.id)!;
    return snapshot === cell.snapshot ? cell : { ...cell, snapshot };
  });
}

/** The cells that use a name of this cell. */
export function usersOf({ topology, ...state }: SessionState, definer: CellId | undefined, name: string): CellId[] {
  const users = definer === undefined ? [] : childrenOf(topology, definer);
  return users.filter((id) => cellState(state, id)?.analysis?.references.includes(name));
}

/** What the cells took when they ran last; a cell that never ran counts for nothing. */
export function costOf(state: SessionState, ids: ReadonlySet<CellId>): Cost {
  const costs = [...ids].flatMap((id) => cellState(state, id)?.cost ?? []);
  return {
    seconds: costs.reduce((sum, { seconds }) => sum + seconds, 0),
    bytes: costs.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** A fault of a project file, on a cell that uses it. */
function fileErrors({ cell, analysis }: CellState, files: SessionState["files"]): readonly CellError[] {
  if (!analysis || analysis.files.length === 0) return [];
  return analysis.files.flatMap((module) =>
    (files[module]?.faults ?? []).flatMap((fault): CellError[] => {
      // A file that is not there may come while the cell runs: the cell itself will say.
      if (fault.kind === "missing") return [];
      const position = placeOfImport(cell.source, module);
      const message = `${fault.file}, line ${fault.line}, column ${fault.column}: ${fault.message}`;
      return [{ kind: fault.kind === "circle" ? "cycle" : "syntax", message, ...(position && { position }) }];
    }),
  );
}

function codeOf(state: SessionState): AnalysedCell[] {
  return state.cells.flatMap(({ cell, analysis }) => (analysis ? [{ id: cell.id, analysis }] : []));
}

/**
 * The value of an input where it differs from what the code says. A value set back to its default counts for none, so that
 * the cells are as fresh as if it had never been touched.
 */
function changedInput(state: SessionState, name: string): InputValue | undefined {
  const definer = cellState(state, state.topology.definers.get(name) ?? "");
  const input = definer?.inputs.find((each) => each.name === name);
  if (!input) return state.inputValues[name];
  return sameValue(input.value, input.spec.value) ? undefined : input.value;
}
