/**
 * A cell's snapshot: the digest of its code, of the inputs that it uses, of the project files that it imports and of its
 * parents' snapshots. A cell is stale when its snapshot differs from the one that it last ran with.
 */
import { textDigest } from "../language/text-digest.ts";
import type { Analysis, CellId, Topology } from "../types.ts";

/** The last snapshot of a cell with what it was made from. After an edit most cells still have the same. */
type LastSnapshot = {
  readonly values: string;
  readonly parents: readonly CellId[];
  readonly parentSnapshots: readonly string[];
  readonly snapshot: string;
};
const lastSnapshots = new WeakMap<Analysis, LastSnapshot>();

/**
 * @param input gives the value of an input by the name of its constant, undefined if that is the default in the code. It
 * counts for the cells that use the constant, not for the one that declares it. Live inputs do not count.
 * @param files the digests of project files, their own imports included, by the names in the cells' imports
 * @param part the cells to compute; all if left out. It contains all descendants of each of its cells; `others` gives the
 * snapshots of the rest.
 */
export function snapshots(
  { cells, places, parents, definers, errors }: Topology,
  input: (name: string) => unknown,
  files: Readonly<Record<string, { readonly digest: string }>> = {},
  part?: { readonly cells: ReadonlySet<CellId>; readonly others: (id: CellId) => string },
): ReadonlyMap<CellId, string> {
  const analysisOf = (id: CellId | undefined): Analysis | undefined => cells[places.get(id ?? "") ?? -1]?.analysis;
  const computed = new Map<CellId, string>();
  const cycles = new Map<CellId, readonly CellId[]>();
  for (const [id, list] of errors) {
    for (const { kind, cells: others = [] } of list) if (kind === "cycle") cycles.set(id, [id, ...others].sort());
  }
  const valuesOf = ({ references, files: modules }: Analysis): string => {
    const inputValues = references.flatMap((name) => {
      const isInput = analysisOf(definers.get(name))?.inputs.some((each) => each.name === name && !each.live);
      const value = isInput ? input(name) : undefined;
      return value === undefined ? [] : [`${name}=${JSON.stringify(value)}`];
    });
    const fileDigests = modules.flatMap((module) => (files[module] ? [`${module} ${files[module].digest}`] : []));
    return inputValues.length + fileDigests.length === 0 ? "" : [...inputValues, ...fileDigests].join("\n");
  };
  /** The cells of a cycle depend on each other, so each snapshot is made from all of them, in a fixed order. */
  const computeCycle = (ids: readonly CellId[]): void => {
    const lines = ids.flatMap((id) => {
      const analysis = analysisOf(id);
      const outside = (parents.get(id) ?? []).filter((parent) => !ids.includes(parent));
      return analysis ? [id, analysis.canonical, valuesOf(analysis), ...outside.map(snapshotOf).sort()] : [];
    });
    for (const id of ids) computed.set(id, textDigest([id, ...lines].join("\n")));
  };
  const snapshotOf = (id: CellId): string => {
    if (part?.cells.has(id) === false) return part.others(id);
    const cycle = computed.has(id) ? undefined : cycles.get(id);
    if (cycle) computeCycle(cycle);
    const known = computed.get(id);
    if (known !== undefined) return known;
    const analysis = analysisOf(id);
    if (!analysis) return "";
    const cellParents = parents.get(id) ?? [];
    const snapshot = snapshotFrom(analysis, valuesOf(analysis), cellParents, cellParents.map(snapshotOf));
    computed.set(id, snapshot);
    return snapshot;
  };

  for (const id of part?.cells ?? places.keys()) snapshotOf(id);
  return computed;
}

function snapshotFrom(
  analysis: Analysis,
  values: string,
  parents: readonly CellId[],
  parentSnapshots: readonly string[],
): string {
  const last = lastSnapshots.get(analysis);
  if (
    last?.values === values &&
    last.parents.length === parents.length &&
    parents.every((id, index) => last.parents[index] === id && last.parentSnapshots[index] === parentSnapshots[index])
  )
    return last.snapshot;
  // Without the parents' names: renaming a cell changes no value.
  const lines = [analysis.canonical, ...(values === "" ? [] : [values]), ...[...parentSnapshots].sort()];
  const snapshot = textDigest(lines.join("\n"));
  lastSnapshots.set(analysis, { values, parents, parentSnapshots, snapshot });
  return snapshot;
}
