/**
 * The graph of cells that their definitions and references make, the order to run them in, and all errors. It is made
 * again after every change of a cell, and mostly what stands is what stood: an edit that changes no names changes
 * nothing here.
 */
import { GLOBALS } from "../language/globals.ts";
import type { AnalysedCell, Analysis, CellError, CellId, Topology } from "../types.ts";
import { circles, type Edge, ordered, outgoing, reachable } from "./graph.ts";
import {
  type CellFault,
  cycle,
  foreignAssignments,
  multipleDefinitions,
  type Owners,
  unknownNames,
} from "./structure-errors.ts";

/** @param cells the code cells in the order of the document. */
export function topology(cells: readonly AnalysedCell[], globals: ReadonlySet<string> = GLOBALS): Topology {
  const owners = ownersOf(cells, ({ definitions }) => definitions);
  const parents = new Map(cells.map(({ id, analysis }) => [id, parentsOf(analysis.references, owners)]));
  const edges = cells.flatMap(({ id }) => (parents.get(id) ?? []).map((parent): Edge => [parent, id]));
  const ids = cells.map(({ id }) => id);
  const rings = circles(ids, edges);
  const errors = errorsOf([
    ...cells.flatMap(({ id, analysis }) => analysis.errors.map((error): CellFault => [id, error])),
    ...multipleDefinitions(cells, owners),
    ...rings.flatMap((ring) => cycle(ring, cells, owners)),
    ...foreignAssignments(cells, owners),
    ...unknownNames(cells, owners, globals),
  ]);
  const order = ordered(ids, withoutRings(edges, rings)).filter((id) => !errors.has(id));
  return {
    edges,
    typeEdges: typeEdgesOf(cells, parents),
    parents,
    children: outgoing(edges),
    order,
    rank: placesOf(order),
    errors,
    definers: new Map(
      [...owners].flatMap(([name, [owner, ...more]]) => (owner && !more.length ? [[name, owner]] : [])),
    ),
    cells,
    places: placesOf(ids),
  };
}

/** The topology of `cells`, by way of the one that stood before. It equals `topology(cells)`. */
export function retopology(before: Topology, cells: readonly AnalysedCell[]): Topology {
  const alike =
    before.cells.length === cells.length &&
    cells.every(({ id, analysis }, index) => {
      const old = before.cells[index]!;
      return (
        old.id === id && (old.analysis === analysis || (!before.errors.has(id) && bindsAlike(old.analysis, analysis)))
      );
    });
  return alike ? { ...before, cells } : topology(cells);
}

/** All cells that use, at any remove, what these define. */
export function descendants({ children }: Pick<Topology, "children">, ids: Iterable<CellId>): ReadonlySet<CellId> {
  return reachable(ids, (id) => children.get(id) ?? []);
}

/** All cells whose definitions these use, at any remove. */
export function ancestors({ parents }: Pick<Topology, "parents">, ids: Iterable<CellId>): ReadonlySet<CellId> {
  return reachable(ids, (id) => parents.get(id) ?? []);
}

export function placesOf(ids: readonly CellId[]): ReadonlyMap<CellId, number> {
  return new Map(ids.map((id, index) => [id, index]));
}

/** Whether a cell without errors stays without, and binds the same cells, under either analysis. */
function bindsAlike(a: Analysis, b: Analysis): boolean {
  const same = (one: readonly string[], other: readonly string[]): boolean =>
    one.length === other.length && one.every((name, index) => name === other[index]);
  return (
    b.errors.length === 0 &&
    same(a.definitions, b.definitions) &&
    same(a.references, b.references) &&
    same(a.typeDefinitions, b.typeDefinitions) &&
    same(a.typeReferences, b.typeReferences) &&
    same(a.probes, b.probes) &&
    a.assignments.length === 0 &&
    b.assignments.length === 0
  );
}

function ownersOf(cells: readonly AnalysedCell[], names: (analysis: Analysis) => Iterable<string>): Owners {
  const owners = new Map<string, CellId[]>();
  for (const { id, analysis } of cells) {
    for (const name of names(analysis)) {
      const known = owners.get(name);
      if (known) known.push(id);
      else owners.set(name, [id]);
    }
  }
  return owners;
}

/** A name with several definers binds its users to all of them, so that they wait until it is settled. */
function parentsOf(references: readonly string[], owners: Owners): readonly CellId[] {
  return [...new Set(references.flatMap((name) => owners.get(name) ?? []))];
}

/** A class or an import may be meant as a type, and `typeof` in a type means a value: so both kinds of names count. */
function typeEdgesOf(cells: readonly AnalysedCell[], parents: Topology["parents"]): readonly Edge[] {
  const owners = ownersOf(cells, (analysis) => new Set([...analysis.definitions, ...analysis.typeDefinitions]));
  return cells.flatMap(({ id, analysis }) =>
    parentsOf(analysis.typeReferences, owners).flatMap((parent): Edge[] =>
      parent === id || parents.get(id)?.includes(parent) ? [] : [[parent, id]],
    ),
  );
}

function withoutRings(edges: readonly Edge[], rings: readonly (readonly CellId[])[]): readonly Edge[] {
  if (rings.length === 0) return edges;
  const ringOf = new Map(rings.flatMap((ring) => ring.map((id) => [id, ring] as const)));
  return edges.filter(([from, to]) => ringOf.get(from) === undefined || ringOf.get(from) !== ringOf.get(to));
}

function errorsOf(misdeeds: readonly CellFault[]): ReadonlyMap<CellId, readonly CellError[]> {
  const errors = new Map<CellId, CellError[]>();
  for (const [id, error] of misdeeds) {
    const known = errors.get(id);
    if (known) known.push(error);
    else errors.set(id, [error]);
  }
  return errors;
}
