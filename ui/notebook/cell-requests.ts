/** What a page asks of the session about whole cells: put one in, take one out and back again, move one. */
import type { Cell, CellId } from "../../server/notebook/types.ts";
import { cellState } from "../../server/state/state.ts";
import type { Session } from "../session/session.ts";

/** The cell before `cell`, or null when it is the first. */
export function before(session: Session, cell: CellId): CellId | null {
  const { cells } = session.state;
  const at = cells.findIndex((each) => each.cell.id === cell);
  return cells[at - 1]?.cell.id ?? null;
}

/** The id of the new cell, or undefined when the server refused. */
export async function insert(
  session: Session,
  after: CellId | null,
  kind: Cell["kind"],
  source?: string,
): Promise<CellId | undefined> {
  const known = new Set(session.state.cells.map((each) => each.cell.id));
  const done = await session.ask({ type: "insert", after, kind, ...(source === undefined ? {} : { source }) });
  return done ? session.state.cells.find((each) => !known.has(each.cell.id))?.cell.id : undefined;
}

/** Takes a cell out; the answer puts it back as it was. Undefined when the server refused. */
export async function remove(session: Session, id: CellId): Promise<(() => Promise<void>) | undefined> {
  const cell = cellState(session.state, id)?.cell;
  const place = before(session, id);
  if (!cell || !(await session.ask({ type: "remove", cell: id }))) return undefined;
  return async () => {
    const after = place !== null && cellState(session.state, place) ? place : null;
    await session.ask({ type: "put-back", cell, after });
  };
}

export async function move(session: Session, id: CellId, way: "up" | "down"): Promise<void> {
  const { cells } = session.state;
  const at = cells.findIndex((each) => each.cell.id === id);
  if (way === "up" ? at <= 0 : at === -1 || at === cells.length - 1) return;
  const after = way === "up" ? cells[at - 2] : cells[at + 1];
  await session.ask({ type: "move", cell: id, after: after?.cell.id ?? null });
}
