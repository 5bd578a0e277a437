/** Reads the whole tables of a run, for comparisons and exports. */
import { join } from "node:path";
import type { RunTables } from "../runs/api.ts";
import { thinnedIndices } from "../runs/curve-points.ts";
import { checked } from "../session/schema/fault.ts";
import { runChange } from "../session/schema/values.ts";
import type { RunChange } from "../values.ts";
import { plainText } from "./plain-file.ts";
import { parsed, rowOf } from "./run-files.ts";

/** In bytes; some 2,000,000 rows. */
const LARGEST = 400e6;

/** @param mostRows if there are more, evenly spread ones are read */
export function readTables(workspace: string, key: string, mostRows = Number.POSITIVE_INFINITY): RunTables {
  const lines = (table: string): string[] => {
    const text = plainText(join(workspace, key, `${table}.jsonl`), LARGEST) ?? "";
    return text
      .slice(0, text.lastIndexOf("\n") + 1)
      .split("\n")
      .slice(0, -1);
  };
  const rowLines = lines("rows");
  const chosen =
    rowLines.length > mostRows ? thinnedIndices(rowLines.length, mostRows).map((at) => rowLines[at]!) : rowLines;
  return {
    key,
    rows: chosen.flatMap(rowOf),
    probes: lines("probes").flatMap(rowOf),
    changes: lines("events").flatMap((line): RunChange[] => {
      const read = checked(runChange, parsed(line));
      return "value" in read ? [read.value] : [];
    }),
    ...(chosen.length < rowLines.length && { total: rowLines.length }),
  };
}
