/** Thins the columns of a chart before it is sent: a million points would be megabytes of which the page draws a part. */
import type { MarkData, PlotMark, PlotSpec } from "../../cells/output.ts";
import type { Rows } from "../chart/rows.ts";
import type { Resolution } from "../chart/thinned.ts";
import { thinned } from "../chart/thinning.ts";

/** Up to so many items, a mark is sent as given. */
export const SENT_ITEMS = 20_000;
/** More columns than a screen has pixels across, so that the page can still choose. */
const COLUMNS = 4096;

type ColumnData = Extract<MarkData, { readonly kind: "columns" }>;

/** @returns the same specification if nothing is left out */
export function thinnedPlot(spec: PlotSpec): PlotSpec {
  if (!spec.marks.some(({ data }) => data?.kind === "columns" && data.length > SENT_ITEMS)) return spec;
  const resolution = { columns: COLUMNS, scales: spec.options };
  const marks = spec.marks.map((mark) => thinnedMark(mark, resolution));
  return marks.every((mark, i) => mark === spec.marks[i]) ? spec : { ...spec, marks };
}

function thinnedMark(mark: PlotMark, resolution: Resolution): PlotMark {
  const { data, notes = [] } = mark;
  if (data?.kind !== "columns" || data.length <= SENT_ITEMS) return mark;
  const found = thinned(mark, rowsOf(data), resolution);
  if (found.kind !== "some") return mark;
  const columns = Object.fromEntries(
    Object.entries(data.columns).map(([name, column]) => [name, found.indices.map((index) => column[index] ?? null)]),
  );
  return {
    ...mark,
    data: { kind: "columns", columns, length: found.indices.length, total: data.length },
    ...(found.note !== undefined && { notes: [...notes, found.note] }),
  };
}

function rowsOf({ columns, length }: ColumnData): Rows {
  return {
    length,
    has: (column) => Object.hasOwn(columns, column),
    value: (column, index) => columns[column]?.[index],
  };
}
