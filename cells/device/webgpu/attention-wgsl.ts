/** The WGSL that the attention programs share. */
import { each } from "./program.ts";

/** Invocations per workgroup. */
export const lanes = 64;

/** `dimensions`: a head's dimensions per lane, rounded up. `rows`: the queries (or keys) that a workgroup holds. */
export type Shape = { readonly dimensions: number; readonly rows: number };

export const sizes = {
  queries: "u32",
  keys: "u32",
  capacity: "u32",
  heads: "u32",
  kvHeads: "u32",
  window: "u32",
  width: "u32",
  scale: "f32",
} as const;

/** `text` for each of a lane's dimensions, skipped where the head is narrower. */
export const perDimension = (dimensions: number, text: (d: number) => string): string =>
  each(dimensions, (d) => `if (lane + ${d * lanes}u < p.width) { ${text(d)} }`);

/** A query's place among the keys, the keys that it sees, and the offsets of rows. */
export const visibility = `
fn placeOf(query: u32) -> u32 { return p.keys - p.queries + query; }
fn segmentAt(batch: u32, place: u32) -> i32 { return segments[batch * p.capacity + place]; }
fn sees(batch: u32, query: u32, key: u32) -> bool {
  let place = placeOf(query);
  return key <= place && (p.window == 0u || place - key < p.window) && segmentAt(batch, place) == segmentAt(batch, key);
}
fn queryRow(batch: u32, query: u32, head: u32) -> u32 { return (batch * p.queries + query) * p.heads + head; }
fn keyRow(batch: u32, key: u32, head: u32) -> u32 { return (batch * p.capacity + key) * p.kvHeads + head; }
fn statRow(batch: u32, head: u32, query: u32) -> u32 { return (batch * p.heads + head) * p.queries + query; }`;

/** The queries of a workgroup, and the range of keys that they can see. */
export const ofQueries = (rows: number): string => `
  let first = group.x * ${rows}u;
  let head = group.y;
  let batch = group.z;
  let kvHead = head / (p.heads / p.kvHeads);
  let last = placeOf(min(first + ${rows}u, p.queries) - 1u);
  var begin = 0u;
  if (p.window > 0u && placeOf(first) + 1u > p.window) { begin = (placeOf(first) + 1u - p.window) / ${lanes}u * ${lanes}u; }`;

/** Copies the workgroup's rows of a buffer to workgroup memory. */
export const fetch = (into: string, from: string, { rows }: Shape, factor = ""): string => `
  for (var i = lane; i < ${rows}u * p.width; i += ${lanes}u) {
    let query = first + i / p.width;
    if (query < p.queries) { ${into}[i] = ${from}[queryRow(batch, query, head) * p.width + i % p.width]${factor}; }
  }`;
