/** The page's requests about whole cells: insert, remove (with undo) and move. */
import type { Cell, CellId } from "../../server/notebook/types.ts";
import { cellState } from "../../server/state/state.ts";
import type { Session } from "../session/session.ts";

/** The cell before `cell`, or null when `cell` is the first one. */
function before(session: Session, cell: CellId): CellId | null {
  const { cells } = session.state;
  const at = cells.findIndex((each) => each.cell.id === cell);
  return cells[at - 1]?.cell.id ?? null;
}

/** @returns the id of the new cell, or undefined when the server refused */
export async function insert(
  session: Session,
  after: CellId | null,
  kind: Cell["kind"],
  source?: string,
): Promise<CellId | undefined> {
  const known = new Set(session.state.cells.map((each) => each.cell.id));
  const done = await session.send({ type: "insert", after, kind, ...(source === undefined ? {} : { source }) });
  return done ? session.state.cells.find((each) => !known.has(each.cell.id))?.cell.id : undefined;
}

/** @returns a function that puts the cell back, or undefined when the server refused, or asks first */
export async function remove(session: Session, id: CellId): Promise<(() => Promise<void>) | undefined> {
  const undo = putBack(session, id);
  const done = await session.send({ type: "remove", cell: id });
  return done && !cellState(session.state, id) ? undo : undefined;
}

/** @returns a function that puts the cell back where it is now */
export function putBack(session: Session, id: CellId): (() => Promise<void>) | undefined {
  const cell = cellState(session.state, id)?.cell;
  const place = before(session, id);
  return (
    cell &&
    (async () => {
      const after = place !== null && cellState(session.state, place) ? place : null;
      await session.send({ type: "put-back", cell, after });
    })
  );
}

export async function move(session: Session, id: CellId, direction: "up" | "down"): Promise<void> {
  const { cells } = session.state;
  const at = cells.findIndex((each) => each.cell.id === id);
  if (direction === "up" ? at <= 0 : at === -1 || at === cells.length - 1) return;
  const after = direction === "up" ? cells[at - 2] : cells[at + 1];
  await session.send({ type: "move", cell: id, after: after?.cell.id ?? null });
}
