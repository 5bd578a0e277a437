/** `cells/data/parquet/parquet.ts` in a page. */
import { needsMachine } from "./machine.ts";

export async function parquetRows(file: string): Promise<never> {
  return needsMachine(`Reading ${file}: Parquet is read by DuckDB, which`);
}
