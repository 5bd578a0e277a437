/** Reads what a page sends about records; schemas check it as everything that comes over the wire. */
import * as v from "valibot";
import type { ForkOrder, RecordKey, SaveOrder } from "../runs/records.ts";

const text = (most: number) =>
  v.pipe(v.string("must be a string"), v.maxLength(most, `must have at most ${most.toLocaleString("en")} characters`));

export const recordKey: v.GenericSchema<unknown, RecordKey> = v.object({ record: text(4096) });
export const forkOrder: v.GenericSchema<unknown, ForkOrder> = v.object({ record: text(4096), name: text(200) });
export const saveOrder: v.GenericSchema<unknown, SaveOrder> = v.object({
  notebook: text(4096),
  name: text(200),
  note: text(20_000),
  cells: v.union(
    [v.literal("all"), v.pipe(v.array(text(1000)), v.minLength(1))],
    'must be "all" or a list of cells that is not empty',
  ),
});
