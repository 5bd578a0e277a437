/**
 * A cell's snapshot: the digest of its code, of the inputs that it refers to, of the project files that it imports, and of its parents' snapshots. A cell is
 * stale when the snapshot that it last ran with is another one; undoing a change makes it fresh again.
 */
import { digest } from "../language/digest.ts";
import type { Analysis, CellId, Topology } from "../types.ts";

/** What an analysis was digested with last: after an edit most cells still have the same. */
type Digested = {
  readonly values: string;
  readonly parents: readonly CellId[];
  readonly marks: readonly string[];
  readonly mark: string;
};
const digested = new WeakMap<Analysis, Digested>();

/**
 * @param input gives the value of an input that differs from the code's, by the constant's name. One counts for the cells
 * that use the constant, not for the one that declares it; a live one counts for none.
 * @param files the digests of project files, with all that they import, by the names that cells import them by.
 * @param part the cells to make snapshots of, all where left out. It holds all descendants of each that it holds, and
 * `others` gives the snapshots of the rest.
 */
export function snapshots(
  { cells, places, parents, definers, errors }: Topology,
  input: (name: string) => unknown,
  files: Readonly<Record<string, { readonly digest: string }>> = {},
  part?: { readonly cells: ReadonlySet<CellId>; readonly others: (id: CellId) => string },
): ReadonlyMap<CellId, string> {
  const analysisOf = (id: CellId | undefined): Analysis | undefined => cells[places.get(id ?? "") ?? -1]?.analysis;
  const made = new Map<CellId, string>();
  const circles = new Map<CellId, readonly CellId[]>();
  for (const [id, list] of errors) {
    for (const { kind, cells: others = [] } of list) if (kind === "cycle") circles.set(id, [id, ...others].sort());
  }
  const valuesOf = ({ references, files: modules }: Analysis): string => {
    const used = references.flatMap((name) => {
      const declared = analysisOf(definers.get(name))?.inputs.some((each) => each.name === name && !each.live);
      const value = declared ? input(name) : undefined;
      return value === undefined ? [] : [`${name}=${JSON.stringify(value)}`];
    });
    const read = modules.flatMap((module) => (files[module] ? [`${module} ${files[module].digest}`] : []));
    return used.length + read.length === 0 ? "" : [...used, ...read].join("\n");
  };
  /** Cells that wait for each other change together: each mark is made of all of them, so that any order makes the same. */
  const circle = (ids: readonly CellId[]): void => {
    const lines = ids.flatMap((id) => {
      const analysis = analysisOf(id);
      const above = (parents.get(id) ?? []).filter((parent) => !ids.includes(parent));
      return analysis ? [id, analysis.canonical, valuesOf(analysis), ...above.map(snapshot).sort()] : [];
    });
    for (const id of ids) made.set(id, digest([id, ...lines].join("\n")));
  };
  const snapshot = (id: CellId): string => {
    if (part?.cells.has(id) === false) return part.others(id);
    const ring = made.has(id) ? undefined : circles.get(id);
    if (ring) circle(ring);
    const known = made.get(id);
    if (known !== undefined) return known;
    const analysis = analysisOf(id);
    if (!analysis) return "";
    const above = parents.get(id) ?? [];
    const mark = marked(analysis, valuesOf(analysis), above, above.map(snapshot));
    made.set(id, mark);
    return mark;
  };

  for (const id of part?.cells ?? places.keys()) snapshot(id);
  return made;
}

function marked(analysis: Analysis, values: string, parents: readonly CellId[], marks: readonly string[]): string {
  const last = digested.get(analysis);
  if (
    last?.values === values &&
    last.parents.length === parents.length &&
    parents.every((id, index) => last.parents[index] === id && last.marks[index] === marks[index])
  )
    return last.mark;
  const above = parents.map((id, index) => `${id}:${marks[index]}`).sort();
  const mark = digest([analysis.canonical, ...(values === "" ? [] : [values]), ...above].join("\n"));
  digested.set(analysis, { values, parents, marks, mark });
  return mark;
}
