/**
 * The topology: the graph that definitions and references of cells make, the order to run them in, and all errors. It is
 * updated after every change of a cell. An edit that changes no names changes nothing here.
 */
import { GLOBALS } from "../language/globals.ts";
import type { AnalysedCell, Analysis, CellError, CellId, Topology } from "../types.ts";
import { cycles, type Edge, outgoing, reachable, topologicalOrder } from "./graph.ts";
import { sharedStateWarnings } from "./shared-state.ts";
import {
  type CellFault,
  cycleErrors,
  type Definers,
  foreignAssignments,
  multipleDefinitions,
  unknownNames,
} from "./structure-errors.ts";

/** @param cells the code cells in the order of the notebook */
export function topology(cells: readonly AnalysedCell[], globals: ReadonlySet<string> = GLOBALS): Topology {
  const definers = definersOf(cells, ({ definitions }) => definitions);
  const parents = new Map(cells.map(({ id, analysis }) => [id, parentsOf(analysis.references, definers)]));
  const edges = cells.flatMap(({ id }) => (parents.get(id) ?? []).map((parent): Edge => [parent, id]));
  const ids = cells.map(({ id }) => id);
  const found = cycles(ids, edges);
  const errors = errorsOf([
    ...cells.flatMap(({ id, analysis }) => analysis.errors.map((error): CellFault => [id, error])),
    ...multipleDefinitions(cells, definers),
    ...found.flatMap((cycle) => cycleErrors(cycle, cells, definers)),
    ...foreignAssignments(cells, definers),
    ...unknownNames(cells, definers, globals),
  ]);
  const order = topologicalOrder(ids, withoutCycles(edges, found)).filter((id) => !errors.has(id));
  return {
    edges,
    typeEdges: typeEdgesOf(cells, parents),
    parents,
    children: outgoing(edges),
    order,
    rank: placesOf(order),
    errors,
    warnings: sharedStateWarnings(cells, definers),
    definers: new Map(
      [...definers].flatMap(([name, [definer, ...more]]) => (definer && !more.length ? [[name, definer]] : [])),
    ),
    cells,
    places: placesOf(ids),
  };
}

/** The topology of `cells`, made from the one before if no names changed. It equals `topology(cells)`. */
export function updatedTopology(before: Topology, cells: readonly AnalysedCell[]): Topology {
  const sameNames =
    before.cells.length === cells.length &&
    cells.every(({ id, analysis }, index) => {
      const old = before.cells[index]!;
      return (
        old.id === id &&
        (old.analysis === analysis || (!before.errors.has(id) && bindsSameNames(old.analysis, analysis)))
      );
    });
  if (!sameNames) return topology(cells);
  const warnings = sharedStateWarnings(
    cells,
    definersOf(cells, ({ definitions }) => definitions),
  );
  return { ...before, cells, warnings };
}

/** All cells that depend on these, directly or through others. */
export function descendants({ children }: Pick<Topology, "children">, ids: Iterable<CellId>): ReadonlySet<CellId> {
  return reachable(ids, (id) => children.get(id) ?? []);
}

/** All cells that these depend on, directly or through others. */
export function ancestors({ parents }: Pick<Topology, "parents">, ids: Iterable<CellId>): ReadonlySet<CellId> {
  return reachable(ids, (id) => parents.get(id) ?? []);
}

export function placesOf(ids: readonly CellId[]): ReadonlyMap<CellId, number> {
  return new Map(ids.map((id, index) => [id, index]));
}

/** Whether a cell without errors has none with the new analysis either, and the same edges. */
function bindsSameNames(a: Analysis, b: Analysis): boolean {
  const same = (one: readonly string[], other: readonly string[]): boolean =>
    one.length === other.length && one.every((name, index) => name === other[index]);
  return (
    b.errors.length === 0 &&
    same(a.definitions, b.definitions) &&
    same(a.references, b.references) &&
    same(a.typeDefinitions, b.typeDefinitions) &&
    same(a.typeReferences, b.typeReferences) &&
    same(a.typeofNames, b.typeofNames) &&
    a.assignments.length === 0 &&
    b.assignments.length === 0
  );
}

function definersOf(cells: readonly AnalysedCell[], names: (analysis: Analysis) => Iterable<string>): Definers {
  const definers = new Map<string, CellId[]>();
  for (const { id, analysis } of cells) {
    for (const name of names(analysis)) {
      const ids = definers.get(name);
      if (ids) ids.push(id);
      else definers.set(name, [id]);
    }
  }
  return definers;
}

/** If several cells define a name, all of them are parents of its users, so that the users wait until the error is fixed. */
function parentsOf(references: readonly string[], definers: Definers): readonly CellId[] {
  return [...new Set(references.flatMap((name) => definers.get(name) ?? []))];
}

/** A type may name a class or an import, and `typeof` in a type names a value: so values and types both count. */
function typeEdgesOf(cells: readonly AnalysedCell[], parents: Topology["parents"]): readonly Edge[] {
  const definers = definersOf(cells, (analysis) => new Set([...analysis.definitions, ...analysis.typeDefinitions]));
  return cells.flatMap(({ id, analysis }) =>
    parentsOf(analysis.typeReferences, definers).flatMap((parent): Edge[] =>
      parent === id || parents.get(id)?.includes(parent) ? [] : [[parent, id]],
    ),
  );
}

function withoutCycles(edges: readonly Edge[], found: readonly (readonly CellId[])[]): readonly Edge[] {
  if (found.length === 0) return edges;
  const cycleOf = new Map(found.flatMap((cycle) => cycle.map((id) => [id, cycle] as const)));
  return edges.filter(([from, to]) => cycleOf.get(from) === undefined || cycleOf.get(from) !== cycleOf.get(to));
}

function errorsOf(faults: readonly CellFault[]): ReadonlyMap<CellId, readonly CellError[]> {
  const errors = new Map<CellId, CellError[]>();
  for (const [id, error] of faults) {
    const list = errors.get(id);
    if (list) list.push(error);
    else errors.set(id, [error]);
  }
  return errors;
}
