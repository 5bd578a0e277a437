/**
 * The errors that arise between cells: multiple definitions, cycles, assignments to names of other cells, unknown names.
 * Each is reported on every cell involved and names the others. It disappears when one of the cells is fixed, and it
 * does not affect other names.
 */
import { INSTEAD_OF, ONLY_IN_FILES } from "../language/globals.ts";
import type { AnalysedCell, CellError, CellId } from "../types.ts";
import { suggestion } from "./suggestion.ts";

/** An error and the cell that shows it. */
export type CellFault = readonly [CellId, CellError];

/** name → the cells that define it, in the order of the notebook. */
export type Definers = ReadonlyMap<string, readonly CellId[]>;

export function multipleDefinitions(cells: readonly AnalysedCell[], definers: Definers): readonly CellFault[] {
  const shared = [...definers].filter(([, ids]) => ids.length > 1);
  if (shared.length === 0) return [];
  const analyses = new Map(cells.map(({ id, analysis }) => [id, analysis]));
  const imports = (id: CellId, name: string): boolean =>
    analyses.get(id)?.imports.some(({ names }) => Object.hasOwn(names, name)) ?? false;
  return shared.flatMap(([name, ids]) => {
    const advice = ids.every((id) => imports(id, name))
      ? "Import it in one cell only; all cells can use it."
      : "Rename one of them, or put the code into a block { … } to make the name local.";
    return ids.map((id): CellFault => {
      const others = ids.filter((other) => other !== id);
      const position = analyses.get(id)?.positions.get(name);
      const message = `${name} is also defined in ${listed(others)}. ${advice}`;
      return [id, { kind: "multiple-definition", message, cells: others, ...(position && { position }) }];
    });
  });
}

/** @param ids cells that all depend on each other */
export function cycleErrors(
  ids: readonly CellId[],
  cells: readonly AnalysedCell[],
  definers: Definers,
): readonly CellFault[] {
  const members = new Set(ids);
  return cells.flatMap(({ id, analysis }): CellFault[] => {
    if (!members.has(id)) return [];
    const names = analysis.references.filter((name) => definers.get(name)?.some((definer) => members.has(definer)));
    const others = ids.filter((other) => other !== id);
    const verb = others.length === 1 ? "uses" : "use";
    const message = `${listed(["This cell", ...others])} depend on each other: it uses ${listed(names)}, and ${listed(others)} ${verb} what it defines. Move the code that both sides need into a new cell.`;
    const position = analysis.positions.get(names[0] ?? "");
    return [[id, { kind: "cycle", message, cells: others, ...(position && { position }) }]];
  });
}

export function foreignAssignments(cells: readonly AnalysedCell[], definers: Definers): readonly CellFault[] {
  const assigning = cells.filter(({ analysis }) => analysis.assignments.length > 0);
  if (assigning.length === 0) return [];
  const analyses = new Map(cells.map(({ id, analysis }) => [id, analysis]));
  const kind = "foreign-assignment";
  return assigning.flatMap(({ id, analysis }) =>
    analysis.assignments.flatMap(({ name, position }) =>
      (definers.get(name) ?? []).flatMap((definer): CellFault[] => {
        const definition = analyses.get(definer)?.positions.get(name);
        const here = `${name} is defined in the cell ${definer}, so this cell cannot assign to it. Define a new constant here.`;
        const there = `The cell ${id} assigns to ${name}, which is defined here. Only this cell may assign to it.`;
        return [
          [id, { kind, message: here, position, cells: [definer] }],
          [definer, { kind, message: there, cells: [id], ...(definition && { position: definition }) }],
        ];
      }),
    ),
  );
}

/** Names that no cell defines and that are not globals. A name that the cell tests with `typeof` may be missing. */
export function unknownNames(
  cells: readonly AnalysedCell[],
  definers: Definers,
  globals: ReadonlySet<string>,
): readonly CellFault[] {
  const isKnown = (name: string): boolean => definers.has(name) || globals.has(name);
  return cells.flatMap(({ id, analysis }) => {
    const unknown = analysis.references.filter((name) => !isKnown(name) && !analysis.typeofNames.includes(name));
    return unknown.map((name): CellFault => {
      const assigned = analysis.assignments.find((each) => each.name === name);
      const position = assigned?.position ?? analysis.positions.get(name);
      const place = position && { position };
      const instead = INSTEAD_OF.get(name);
      if (instead !== undefined) {
        const kind = ONLY_IN_FILES.has(name) ? "unsupported" : "unknown-name";
        return [id, { kind, message: `${name} is not available in a cell. ${instead}`, ...place }];
      }
      const similar = suggestion(name, [...definers.keys(), ...globals]);
      const hint =
        similar !== undefined
          ? `Did you mean ${similar}?`
          : assigned
            ? `Write const ${name} = … or let ${name} = ….`
            : syntaxErrorHint(cells) || "Define it in a cell, or import it.";
      return [id, { kind: "unknown-name", message: `${name} is not defined in any cell. ${hint}`, ...place }];
    });
  });
}

function syntaxErrorHint(cells: readonly AnalysedCell[]): string {
  const ids = cells.filter(({ analysis }) => analysis.errors.some(({ kind }) => kind === "syntax")).map(({ id }) => id);
  if (ids.length === 0) return "";
  return `It may be defined in ${listed(ids)}, which ${ids.length === 1 ? "has a syntax error" : "have syntax errors"}.`;
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
