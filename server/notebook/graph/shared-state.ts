/**
 * Warnings about state that cells share by changing it. The notebook runs all the same, but what a cell sees then depends on the
 * order in which cells ran, and no cell runs again after such a change. Each cell involved is told.
 */
import { changesValue } from "../language/shared-state.ts";
import type { AnalysedCell, Analysis, CellId, CellWarning, Shape } from "../types.ts";
import type { Definers } from "./structure-errors.ts";

export function sharedStateWarnings(
  cells: readonly AnalysedCell[],
  definers: Definers,
): ReadonlyMap<CellId, readonly CellWarning[]> {
  const warnings = new Map<CellId, CellWarning[]>();
  const analyses = new Map(cells.map(({ id, analysis }) => [id, analysis]));
  const warn = (id: CellId, warning: CellWarning): void => {
    const list = warnings.get(id) ?? [];
    if (!list.some(({ message }) => message === warning.message)) warnings.set(id, [...list, warning]);
  };
  const users = (name: string, except: readonly CellId[]): CellId[] =>
    cells.flatMap(({ id, analysis }) => (!except.includes(id) && analysis.references.includes(name) ? [id] : []));
  for (const { id, analysis } of cells) {
    warnOfMutations(id, analysis);
    warnOfChanges(id, analysis);
  }
  return warnings;

  /** The cell changes what another one defines. */
  function warnOfMutations(id: CellId, { shared }: Analysis): void {
    for (const mutation of shared.mutations) {
      const { name, how, kind, position } = mutation;
      const [definer, ...more] = definers.get(name) ?? [];
      const defining = definer === undefined ? undefined : analyses.get(definer);
      // An assignment to the name itself is an error, and what is imported is no cell's.
      if (
        definer === undefined ||
        !defining ||
        definer === id ||
        more.length > 0 ||
        kind === "variable" ||
        imports(defining, name)
      )
        continue;
      const shape = defining.shared.shapes[name];
      if (!changesValue(mutation, shape)) continue;
      const effect = `Cells that use ${name} do not run again then, and what they see depends on the order in which cells run.`;
      warn(id, {
        message: `This cell changes ${name}, which the cell ${definer} defines: ${how}. ${effect} Make the change in the cell ${definer}, or define a new value here${COPY[shape ?? "other"](name)}.`,
        position,
        cells: [definer],
      });
      const place = defining.positions.get(name);
      warn(definer, {
        message: `The cell ${id} changes ${name}, which is defined here: ${how}. ${effect}`,
        cells: [id],
        ...(place && { position: place }),
      });
      for (const user of users(name, [id, definer])) {
        const use = analyses.get(user)?.positions.get(name);
        warn(user, {
          message: `The cell ${id} changes ${name}, which this cell uses: ${how}. This cell does not run again then.`,
          cells: [id, definer],
          ...(use && { position: use }),
        });
      }
    }
  }

  /** A function or a timer of the cell changes a name of it after the cell has run. */
  function warnOfChanges(id: CellId, { shared }: Analysis): void {
    for (const change of shared.changes) {
      const { name, by, how, position } = change;
      const readers = users(name, [id]);
      const callers = by === undefined ? [] : users(by, [id]);
      if (
        readers.length === 0 ||
        (by !== undefined && callers.length === 0) ||
        !changesValue(change, shared.shapes[name])
      )
        continue;
      const when = by === undefined ? "a timer or an event of the cell" : `${by}, which other cells use,`;
      const seen = "the value that it has when they start, and do not run again when it changes";
      warn(id, {
        message: `${name} changes after this cell has run: ${when} does ${how}. Other cells see ${seen}. Return the new value instead, or use it in this cell only.`,
        position,
        cells: [...new Set([...readers, ...callers])],
      });
      for (const reader of readers) {
        const use = analyses.get(reader)?.positions.get(name);
        const where = by === undefined ? "a timer or an event of" : `${by} of`;
        warn(reader, {
          message: `${name} changes after its cell has run: ${where} the cell ${id} does ${how}. This cell sees the value that it has when this cell starts, and does not run again when it changes.`,
          cells: [id],
          ...(use && { position: use }),
        });
      }
    }
  }
}

const COPY: Readonly<Record<Shape | "other", (name: string) => string>> = {
  list: (name) => `: const changed = [...${name}, …]`,
  map: (name) => `: const changed = new Map(${name})`,
  set: (name) => `: const changed = new Set(${name})`,
  object: (name) => `: const changed = { ...${name}, … }`,
  other: () => "",
};

function imports({ imports }: Analysis, name: string): boolean {
  return imports.some(({ names }) => Object.hasOwn(names, name));
}
