/** The order of a table's rows, by the column that the user chose. Pure. */
export type Sort = { readonly column: string; readonly direction: "ascending" | "descending" } | undefined;
export type Cell = number | string | undefined;

/** A click on a column: descending, then ascending, then as it was at first. */
export function nextSort(sort: Sort, column: string): Sort {
  if (sort?.column !== column) return { column, direction: "descending" };
  return sort.direction === "descending" ? { column, direction: "ascending" } : undefined;
}

/** Numbers by size, texts by their letters; what has no value comes last in both directions. */
export function sorted<T>(rows: readonly T[], sort: Sort, cell: (row: T, column: string) => Cell): readonly T[] {
  if (!sort) return rows;
  const sign = sort.direction === "ascending" ? 1 : -1;
  return [...rows].sort((a, b) => {
    const [first, second] = [cell(a, sort.column), cell(b, sort.column)];
    if (first === undefined || second === undefined) return Number(first === undefined) - Number(second === undefined);
    if (typeof first === "number" && typeof second === "number") return sign * (first - second);
    return sign * String(first).localeCompare(String(second), "en", { numeric: true });
  });
}
