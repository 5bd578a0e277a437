/**
 * The values that users have set for inputs, by keys. An input that is assigned to a constant has the constant's name as its key,
 * which only one cell can define; any other has its cell and its name, since labels may repeat. When a cell goes, the values of its
 * constants are set aside under its id: they come back with the cell, and no other constant of that name gets them.
 */
import type { Analysis, CellId } from "../notebook/types.ts";
import type { InputValue } from "../values.ts";
import type { CellState } from "./cell-state.ts";
import type { SessionState } from "./state.ts";

type Values = SessionState["inputValues"];
type Cells = readonly CellState[];

export function inputKey(cell: CellId, name: string): string {
  return `${cell}/${name}`;
}

function isConstant(analysis: Analysis | undefined, name: string): boolean {
  return analysis?.inputs.some((each) => each.name === name) ?? false;
}

/** The key under which the value of an input is stored. */
export function storedKey({ cell, analysis }: Pick<CellState, "cell" | "analysis">, name: string): string {
  return isConstant(analysis, name) ? name : inputKey(cell.id, name);
}

/** The values for the inputs of one cell, by their names in it. */
export function storedFor(values: Values, { cell, analysis }: CellState): Readonly<Record<string, InputValue>> {
  const prefix = inputKey(cell.id, "");
  const found: Record<string, InputValue> = {};
  for (const [key, value] of Object.entries(values)) {
    if (key.startsWith(prefix)) found[key.slice(prefix.length)] = value;
  }
  for (const { name } of analysis?.inputs ?? []) {
    delete found[name];
    if (Object.hasOwn(values, name)) found[name] = values[name]!;
  }
  return found;
}

/** The values after cells were added, removed or edited. */
export function withCellsOf(values: Values, before: Cells, after: Cells): Values {
  if (Object.keys(values).length === 0) return values;
  const next: Record<string, InputValue> = { ...values };
  const ids = new Set(after.map(({ cell }) => cell.id));
  const known = new Set(before.map(({ cell }) => cell.id));
  const move = (from: string, to: string): void => {
    if (!Object.hasOwn(next, from) || Object.hasOwn(next, to)) return;
    next[to] = next[from]!;
    delete next[from];
  };
  for (const { cell, analysis } of before) {
    if (!ids.has(cell.id))
      for (const { name } of analysis?.inputs ?? [])
        if (!definesInput(after, name)) move(name, inputKey(cell.id, name));
  }
  for (const { cell, analysis } of after) {
    if (!known.has(cell.id)) for (const { name } of analysis?.inputs ?? []) move(inputKey(cell.id, name), name);
  }
  return sameKeys(values, next) ? values : next;
}

/** The values after a cell got another id. */
export function renamedCell(values: Values, from: CellId, to: CellId): Values {
  const prefix = inputKey(from, "");
  const entries = Object.entries(values).map(
    ([key, value]) => [key.startsWith(prefix) ? inputKey(to, key.slice(prefix.length)) : key, value] as const,
  );
  return entries.some(([key]) => !Object.hasOwn(values, key)) ? Object.fromEntries(entries) : values;
}

/** The values without those of constants that a cell has declared before and that no cell declares now. */
export function withoutUndeclared(values: Values, names: readonly string[], cells: Cells): Values {
  const gone = names.filter((name) => Object.hasOwn(values, name) && !definesInput(cells, name));
  return gone.length === 0 ? values : Object.fromEntries(Object.entries(values).filter(([key]) => !gone.includes(key)));
}

/**
 * The values that a session begins with. Earlier versions stored all of them by their names: a name that only one cell gives to
 * an input is that input's. A name that no cell knows is forgotten, unless some cell cannot be read.
 */
export function readStored(values: Values, cells: Cells): Values {
  const unreadable = cells.some(({ analysis }) => analysis?.errors.some(({ kind }) => kind === "syntax"));
  const next: Record<string, InputValue> = {};
  for (const [key, value] of Object.entries(values)) {
    const users = cells.filter(({ analysis }) => analysis?.labels.includes(key));
    if (key.includes("/") || unreadable || definesInput(cells, key)) next[key] = value;
    else if (users.length === 1) next[inputKey(users[0]!.cell.id, key)] ??= value;
  }
  return next;
}

function definesInput(cells: Cells, name: string): boolean {
  return cells.some(({ analysis }) => isConstant(analysis, name));
}

function sameKeys(a: Values, b: Values): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key));
}
