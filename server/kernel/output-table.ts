/** Limits of a table: the page makes an element of each cell, and a cell of a novel would hide the rows below it. */
import type { Datum, Output } from "../../cells/output.ts";

export const TABLE_CELLS = 50_000;
export const CELL_CHARACTERS = 10_000;

type Table = Extract<Output, { readonly kind: "table" }>;

/** The first rows and columns, with long texts cut. `total` and the last column's name say what is left out. */
export function limitedTable(table: Table): Table {
  const { columns, rows } = table;
  const fewer = columns.length > TABLE_CELLS ? columns.slice(0, TABLE_CELLS) : columns;
  const most = Math.max(1, Math.floor(TABLE_CELLS / Math.max(1, fewer.length)));
  const isLong = rows.some((row) => row.some((cell) => typeof cell === "string" && cell.length > CELL_CHARACTERS));
  if (fewer === columns && rows.length <= most && !isLong) return table;
  const shown = rows.slice(0, most).map((row) => row.slice(0, fewer.length).map(limitedCell));
  if (fewer === columns) return { ...table, rows: shown };
  const more = `… (${columns.length - fewer.length} more columns are not shown)`;
  return { ...table, columns: [...fewer, more], rows: shown };
}

function limitedCell(cell: Datum): Datum {
  if (typeof cell !== "string" || cell.length <= CELL_CHARACTERS) return cell;
  return `${cell.slice(0, CELL_CHARACTERS)}… (${cell.length - CELL_CHARACTERS} more characters)`;
}
