/**
 * Attention in WGSL (after Dao et al. 2022): no matrix of scores is ever in memory. A workgroup of 64 takes a few queries of
 * one head and goes over the keys in blocks of 64. Within a block each lane first is a key (it scores that key against
 * all the queries), then a dimension (it sums the values of that dimension). The backward pass does the same once for the queries
 * and once, with the parts exchanged, for the keys.
 */
import type * as tf from "@tensorflow/tfjs";
import type { Gpu } from "./gpu.ts";
import { each, program, totalOver, variants } from "./program.ts";

const lanes = 64;

/** A lane's share of a head's dimensions, rounded up; `rows` are the queries, or keys, that a workgroup holds. */
type Shape = { readonly dimensions: number; readonly rows: number };

const sizes = {
  queries: "u32",
  keys: "u32",
  capacity: "u32",
  heads: "u32",
  kvHeads: "u32",
  window: "u32",
  width: "u32",
  scale: "f32",
} as const;

/** Text for each of a lane's dimensions that exists. */
const perDimension = (dimensions: number, text: (d: number) => string): string =>
  each(dimensions, (d) => `if (lane + ${d * lanes}u < p.width) { ${text(d)} }`);

/** A query's place among the keys, what it may see, and where the rows of both lie. */
const visibility = `
fn placeOf(query: u32) -> u32 { return p.keys - p.queries + query; }
fn segmentAt(batch: u32, place: u32) -> i32 { return segments[batch * p.capacity + place]; }
fn sees(batch: u32, query: u32, key: u32) -> bool {
  let place = placeOf(query);
  return key <= place && (p.window == 0u || place - key < p.window) && segmentAt(batch, place) == segmentAt(batch, key);
}
fn queryRow(batch: u32, query: u32, head: u32) -> u32 { return (batch * p.queries + query) * p.heads + head; }
fn keyRow(batch: u32, key: u32, head: u32) -> u32 { return (batch * p.capacity + key) * p.kvHeads + head; }
fn statRow(batch: u32, head: u32, query: u32) -> u32 { return (batch * p.heads + head) * p.queries + query; }`;

/** Where a workgroup of queries stands, and which keys its queries can see. */
const ofQueries = (rows: number): string => `
  let first = group.x * ${rows}u;
  let head = group.y;
  let batch = group.z;
  let kvHead = head / (p.heads / p.kvHeads);
  let last = placeOf(min(first + ${rows}u, p.queries) - 1u);
  var begin = 0u;
  if (p.window > 0u && placeOf(first) + 1u > p.window) { begin = (placeOf(first) + 1u - p.window) / ${lanes}u * ${lanes}u; }`;

const fetch = (into: string, from: string, { rows }: Shape, factor = ""): string => `
  for (var i = lane; i < ${rows}u * p.width; i += ${lanes}u) {
    let query = first + i / p.width;
    if (query < p.queries) { ${into}[i] = ${from}[queryRow(batch, query, head) * p.width + i % p.width]${factor}; }
  }`;

const forward = variants((shape: Shape) => {
  const { dimensions, rows } = shape;
  const shares = lanes / rows;
  return program({
    name: "Attention",
    reads: { q: "f32", k: "f32", v: "f32", segments: "i32" },
    writes: { y: "f32", logSum: "f32" },
    parameters: sizes,
    lanes,
    functions: `${visibility}
var<workgroup> held: array<f32, ${rows * dimensions * lanes}>;
var<workgroup> weights: array<f32, ${rows * lanes}>;
var<workgroup> largest: array<f32, ${lanes}>;`,
    body: `${ofQueries(rows)}
  ${fetch("held", "q", shape, " * p.scale")}
  ${each(rows, (i) => `var top${i} = -1e30; var sum${i} = 0.0;${each(dimensions, (d) => `var out${i}_${d} = 0.0;`)}`)}
  workgroupBarrier();
  for (var block = begin; block <= last; block += ${lanes}u) {
    let key = block + lane;
    ${each(rows, (i) => `var score${i} = 0.0; var seen${i} = false;`)}
    if (key <= last) {
      let start = keyRow(batch, key, kvHead) * p.width;
      for (var d = 0u; d < p.width; d += 1u) {
        let x = k[start + d];
        ${each(rows, (i) => `score${i} += held[${i}u * p.width + d] * x;`)}
      }
      ${each(rows, (i) => `seen${i} = first + ${i}u < p.queries && sees(batch, first + ${i}u, key);`)}
    }
    ${each(rows, (i) => `weights[${i * lanes}u + lane] = select(-1e30, score${i}, seen${i});`)}
    workgroupBarrier();
    var own = -1e30;
    for (var t = 0u; t < ${rows}u; t += 1u) { own = max(own, weights[lane * ${rows}u + t]); }
    largest[lane] = own;
    workgroupBarrier();
    ${each(
      rows,
      (i) => `
    var new${i} = top${i};
    for (var t = 0u; t < ${shares}u; t += 1u) { new${i} = max(new${i}, largest[${i * shares}u + t]); }
    weights[${i * lanes}u + lane] = select(0.0, exp(score${i} - new${i}), seen${i});
    let shrink${i} = exp(top${i} - new${i});
    top${i} = new${i};
    sum${i} *= shrink${i};
    ${each(dimensions, (d) => `out${i}_${d} *= shrink${i};`)}`,
    )}
    workgroupBarrier();
    let count = min(${lanes}u, last + 1u - block);
    for (var t = 0u; t < count; t += 1u) {
      let start = keyRow(batch, block + t, kvHead) * p.width + lane;
      ${each(rows, (i) => `let weight${i} = weights[${i * lanes}u + t]; sum${i} += weight${i};`)}
      ${perDimension(dimensions, (d) => `let x = v[start + ${d * lanes}u];${each(rows, (i) => `out${i}_${d} += weight${i} * x;`)}`)}
    }
    workgroupBarrier();
  }
  ${each(
    rows,
    (i) => `
  if (first + ${i}u < p.queries) {
    let awake = segmentAt(batch, placeOf(first + ${i}u)) >= 0;
    let to = queryRow(batch, first + ${i}u, head) * p.width + lane;
    ${perDimension(dimensions, (d) => `y[to + ${d * lanes}u] = select(0.0, out${i}_${d} / sum${i}, awake);`)}
    if (lane == 0u) { logSum[statRow(batch, head, first + ${i}u)] = top${i} + log(sum${i}); }
  }`,
  )}`,
  });
});

/** Gives dq and, for the keys' pass, each query's Σ p·dp. */
const queryGradient = variants((shape: Shape) => {
  const { dimensions, rows } = shape;
  const scoring = `
    ${each(rows, (i) => `var score${i} = 0.0; var slope${i} = 0.0; var p${i} = 0.0;`)}
    if (key <= last) {
      let start = keyRow(batch, key, kvHead) * p.width;
      for (var d = 0u; d < p.width; d += 1u) {
        let x = k[start + d];
        let z = v[start + d];
        ${each(rows, (i) => `score${i} += held[${i}u * p.width + d] * x; slope${i} += given[${i}u * p.width + d] * z;`)}
      }
      ${each(
        rows,
        (i) => `
      if (first + ${i}u < p.queries && sees(batch, first + ${i}u, key)) {
        p${i} = exp(score${i} - logSum[statRow(batch, head, first + ${i}u)]);
      }`,
      )}
    }`;
  return program({
    name: "AttentionGradient, queries",
    reads: { dy: "f32", q: "f32", k: "f32", v: "f32", segments: "i32", logSum: "f32" },
    writes: { dq: "f32", stats: "f32" },
    parameters: sizes,
    lanes,
    functions: `${visibility}${totalOver(lanes)}
var<workgroup> held: array<f32, ${rows * dimensions * lanes}>;
var<workgroup> given: array<f32, ${rows * dimensions * lanes}>;
var<workgroup> slopes: array<f32, ${rows * lanes}>;`,
    body: `${ofQueries(rows)}
  ${fetch("held", "q", shape, " * p.scale")}
  ${fetch("given", "dy", shape)}
  ${each(rows, (i) => `var along${i} = 0.0;${each(dimensions, (d) => `var out${i}_${d} = 0.0;`)}`)}
  workgroupBarrier();
  for (var block = begin; block <= last; block += ${lanes}u) {
    let key = block + lane;
    ${scoring}
    ${each(rows, (i) => `along${i} += p${i} * slope${i};`)}
  }
  ${each(rows, (i) => `let delta${i} = total(lane, along${i});`)}
  for (var block = begin; block <= last; block += ${lanes}u) {
    let key = block + lane;
    ${scoring}
    ${each(rows, (i) => `slopes[${i * lanes}u + lane] = p${i} * (slope${i} - delta${i});`)}
    workgroupBarrier();
    let count = min(${lanes}u, last + 1u - block);
    for (var t = 0u; t < count; t += 1u) {
      let start = keyRow(batch, block + t, kvHead) * p.width + lane;
      ${perDimension(dimensions, (d) => `let x = k[start + ${d * lanes}u];${each(rows, (i) => `out${i}_${d} += slopes[${i * lanes}u + t] * x;`)}`)}
    }
    workgroupBarrier();
  }
  let apart = p.heads * p.queries * groups.z;
  ${each(
    rows,
    (i) => `
  if (first + ${i}u < p.queries) {
    let awake = segmentAt(batch, placeOf(first + ${i}u)) >= 0;
    let to = queryRow(batch, first + ${i}u, head) * p.width + lane;
    ${perDimension(dimensions, (d) => `dq[to + ${d * lanes}u] = select(0.0, out${i}_${d} * p.scale, awake);`)}
    if (lane == 0u) {
      let own = statRow(batch, head, first + ${i}u);
      stats[own] = logSum[own];
      stats[apart + own] = delta${i};
    }
  }`,
  )}`,
  });
});

/** The parts exchanged: a workgroup holds keys and goes over the queries of all heads that share them. */
const keyGradient = variants(({ dimensions, rows }: Shape) =>
  program({
    name: "AttentionGradient, keys",
    reads: { dy: "f32", q: "f32", k: "f32", v: "f32", segments: "i32", stats: "f32" },
    writes: { dk: "f32", dv: "f32" },
    parameters: sizes,
    lanes,
    functions: `${visibility}
var<workgroup> held: array<f32, ${rows * dimensions * lanes}>;
var<workgroup> worth: array<f32, ${rows * dimensions * lanes}>;
var<workgroup> weights: array<f32, ${rows * lanes}>;
var<workgroup> slopes: array<f32, ${rows * lanes}>;`,
    body: `
  let first = group.x * ${rows}u;
  let kvHead = group.y;
  let batch = group.z;
  let apart = p.heads * p.queries * groups.z;
  for (var i = lane; i < ${rows}u * p.width; i += ${lanes}u) {
    let key = first + i / p.width;
    if (key < p.keys) {
      let start = keyRow(batch, key, kvHead) * p.width + i % p.width;
      held[i] = k[start] * p.scale;
      worth[i] = v[start];
    }
  }
  ${each(rows, (i) => each(dimensions, (d) => `var dk${i}_${d} = 0.0; var dv${i}_${d} = 0.0;`))}
  workgroupBarrier();
  var begin = 0u;
  if (first > p.keys - p.queries) { begin = (first - (p.keys - p.queries)) / ${lanes}u * ${lanes}u; }
  var end = p.queries;
  if (p.window > 0u) { end = min(end, first + ${rows}u + p.window - 1u - min(first + ${rows}u + p.window - 1u, p.keys - p.queries)); }
  let share = p.heads / p.kvHeads;
  for (var head = kvHead * share; head < (kvHead + 1u) * share; head += 1u) {
    for (var block = begin; block < end; block += ${lanes}u) {
      let query = block + lane;
      ${each(rows, (i) => `var score${i} = 0.0; var slope${i} = 0.0; var p${i} = 0.0;`)}
      if (query < p.queries && segmentAt(batch, placeOf(query)) >= 0) {
        let start = queryRow(batch, query, head) * p.width;
        for (var d = 0u; d < p.width; d += 1u) {
          let x = q[start + d];
          let z = dy[start + d];
          ${each(rows, (i) => `score${i} += held[${i}u * p.width + d] * x; slope${i} += worth[${i}u * p.width + d] * z;`)}
        }
        let own = statRow(batch, head, query);
        ${each(
          rows,
          (i) => `
        if (first + ${i}u < p.keys && sees(batch, query, first + ${i}u)) {
          p${i} = exp(score${i} - stats[own]);
          slope${i} = p${i} * (slope${i} - stats[apart + own]);
        } else { slope${i} = 0.0; }`,
        )}
      }
      ${each(rows, (i) => `weights[${i * lanes}u + lane] = p${i}; slopes[${i * lanes}u + lane] = slope${i};`)}
      workgroupBarrier();
      let count = min(${lanes}u, p.queries - block);
      for (var t = 0u; t < count; t += 1u) {
        let start = queryRow(batch, block + t, head) * p.width + lane;
        ${perDimension(
          dimensions,
          (d) => `
        let x = q[start + ${d * lanes}u] * p.scale;
        let z = dy[start + ${d * lanes}u];
        ${each(rows, (i) => `dk${i}_${d} += slopes[${i * lanes}u + t] * x; dv${i}_${d} += weights[${i * lanes}u + t] * z;`)}`,
        )}
      }
      workgroupBarrier();
    }
  }
  ${each(
    rows,
    (i) => `
  if (first + ${i}u < p.keys) {
    let to = keyRow(batch, first + ${i}u, kvHead) * p.width + lane;
    ${perDimension(dimensions, (d) => `dk[to + ${d * lanes}u] = dk${i}_${d}; dv[to + ${d * lanes}u] = dv${i}_${d};`)}
  }`,
  )}`,
  }),
);

type Attended = { q: tf.TensorInfo; k: tf.TensorInfo; v: tf.TensorInfo; segments: tf.TensorInfo };
type Visibility = { readonly window: number; readonly keys: number };

export function attention({ q, k, v, segments }: Attended, { window, keys }: Visibility, gpu: Gpu): tf.TensorInfo[] {
  const { batch, queries, heads, width, parameters } = shapesOf(q, k, window, keys);
  // While a text is written there is one query per row: more rows would compute for nobody.
  const rows = queries === 1 ? 1 : rowsFor(width);
  const [y, logSum] = [gpu.make(q.shape), gpu.make([batch, heads, queries])];
  const grid = [Math.ceil(queries / rows), heads, batch] as const;
  gpu.run(forward({ dimensions: Math.ceil(width / lanes), rows }), { q, k, v, segments, y, logSum }, parameters, grid);
  return [y, logSum];
}

type Backward = Attended & { dy: tf.TensorInfo; logSum: tf.TensorInfo };

export function attentionGradient(
  { dy, q, k, v, segments, logSum }: Backward,
  { window, keys }: Visibility,
  gpu: Gpu,
): tf.TensorInfo[] {
  const { batch, queries, heads, kvHeads, width, parameters } = shapesOf(q, k, window, keys);
  const shape = { dimensions: Math.ceil(width / lanes), rows: rowsFor(width) };
  const [dq, dk, dv] = [gpu.make(q.shape), gpu.make(k.shape), gpu.make(v.shape)];
  // Both of a query's numbers in one tensor: a program may be limited to eight buffers.
  const stats = gpu.make([2, batch, heads, queries]);
  const inputs = { dy, q, k, v, segments };
  const tiles = (count: number): number => Math.ceil(count / shape.rows);
  gpu.run(queryGradient(shape), { ...inputs, logSum, dq, stats }, parameters, [tiles(queries), heads, batch]);
  gpu.run(keyGradient(shape), { ...inputs, stats, dk, dv }, parameters, [tiles(keys), kvHeads, batch]);
  gpu.free(stats);
  return [dq, dk, dv];
}

/** As many as shared memory of 16 KiB has room for, at most eight. */
function rowsFor(width: number): number {
  return width <= 128 ? 8 : 4;
}

function shapesOf(q: tf.TensorInfo, k: tf.TensorInfo, window: number, keys: number) {
  const [batch, queries, heads, width] = q.shape as [number, number, number, number];
  const [, capacity, kvHeads] = k.shape as [number, number, number, number];
  const parameters = { queries, keys, capacity, heads, kvHeads, window, width, scale: 1 / Math.sqrt(width) };
  return { batch, queries, heads, kvHeads, width, parameters };
}
