/**
 * The errors that no cell has by itself, on every cell involved, each naming the others. An error heals when one of the
 * cells changes; what is wrong with one name does not touch the others.
 */

import { ELSEWHERE, OF_FILES } from "../language/globals.ts";
import type { AnalysedCell, CellError, CellId } from "../types.ts";
import { suggestion } from "./suggestion.ts";

export type CellFault = readonly [CellId, CellError];

/** name → the cells that define it, in the order of the document. */
export type Owners = ReadonlyMap<string, readonly CellId[]>;

export function multipleDefinitions(cells: readonly AnalysedCell[], owners: Owners): readonly CellFault[] {
  const shared = [...owners].filter(([, ids]) => ids.length > 1);
  if (shared.length === 0) return [];
  const analyses = new Map(cells.map(({ id, analysis }) => [id, analysis]));
  const imports = (id: CellId, name: string): boolean =>
    analyses.get(id)?.imports.some(({ names }) => Object.hasOwn(names, name)) ?? false;
  return shared.flatMap(([name, ids]) => {
    const advice = ids.every((id) => imports(id, name))
      ? "Import it in one cell: every cell sees it."
      : "A name may have one definition: rename it, or put it into a block { … } to keep it to the cell.";
    return ids.map((id): CellFault => {
      const others = ids.filter((other) => other !== id);
      const position = analyses.get(id)?.places.get(name);
      const message = `${name} is defined in ${listed(others)} too. ${advice}`;
      return [id, { kind: "multiple-definition", message, cells: others, ...(position && { position }) }];
    });
  });
}

/** @param ring cells that all wait for each other. */
export function cycle(ring: readonly CellId[], cells: readonly AnalysedCell[], owners: Owners): readonly CellFault[] {
  const within = new Set(ring);
  return cells.flatMap(({ id, analysis }): CellFault[] => {
    if (!within.has(id)) return [];
    const names = analysis.references.filter((name) => owners.get(name)?.some((owner) => within.has(owner)));
    const others = ring.filter((other) => other !== id);
    const theirs = others.length === 1 ? "that cell uses" : "those use";
    const message = `This cell and ${listed(others)} wait for each other: it uses ${listed(names)}, and ${theirs} what it defines. Move what both need into a cell of its own.`;
    const position = analysis.places.get(names[0] ?? "");
    return [[id, { kind: "cycle", message, cells: others, ...(position && { position }) }]];
  });
}

export function foreignAssignments(cells: readonly AnalysedCell[], owners: Owners): readonly CellFault[] {
  const offenders = cells.filter(({ analysis }) => analysis.assignments.length > 0);
  if (offenders.length === 0) return [];
  const analyses = new Map(cells.map(({ id, analysis }) => [id, analysis]));
  const kind = "foreign-assignment";
  return offenders.flatMap(({ id, analysis }) =>
    analysis.assignments.flatMap(({ name, position }) =>
      (owners.get(name) ?? []).flatMap((owner): CellFault[] => {
        const theirs = analyses.get(owner)?.places.get(name);
        const here = `${name} belongs to the cell ${owner} and cannot be assigned here. Make a new constant.`;
        const there = `The cell ${id} assigns to ${name}, which is defined here. Only the defining cell may.`;
        return [
          [id, { kind, message: here, position, cells: [owner] }],
          [owner, { kind, message: there, cells: [id], ...(theirs && { position: theirs }) }],
        ];
      }),
    ),
  );
}

/** A name that is asked for with `typeof` may be missing. */
export function unknownNames(
  cells: readonly AnalysedCell[],
  owners: Owners,
  globals: ReadonlySet<string>,
): readonly CellFault[] {
  const known = (name: string): boolean => owners.has(name) || globals.has(name);
  return cells.flatMap(({ id, analysis }) => {
    const missing = analysis.references.filter((name) => !known(name) && !analysis.probes.includes(name));
    return missing.map((name): CellFault => {
      const assigned = analysis.assignments.find((each) => each.name === name);
      const position = assigned?.position ?? analysis.places.get(name);
      const at = position && { position };
      const elsewhere = ELSEWHERE.get(name);
      if (elsewhere !== undefined) {
        const kind = OF_FILES.has(name) ? "unsupported" : "unknown-name";
        return [id, { kind, message: `${name} is not there in a cell. ${elsewhere}`, ...at }];
      }
      const near = suggestion(name, [...owners.keys(), ...globals]);
      const hint =
        near !== undefined
          ? `Did you mean ${near}?`
          : assigned
            ? `Write const ${name} = … or let ${name} = ….`
            : unread(cells) || "Define it in a cell, or import it.";
      return [id, { kind: "unknown-name", message: `Nothing defines ${name}. ${hint}`, ...at }];
    });
  });
}

function unread(cells: readonly AnalysedCell[]): string {
  const ids = cells.filter(({ analysis }) => analysis.errors.some(({ kind }) => kind === "syntax")).map(({ id }) => id);
  return ids.length === 0 ? "" : `Perhaps it is in ${listed(ids)}, which cannot be read yet.`;
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
