/**
 * The backward pass of attention in WGSL, in two programs: one holds queries and goes over the keys, the other holds keys and goes
 * over the queries. Both compute the scores again instead of reading them from memory.
 */
import { fetch, lanes, ofQueries, perDimension, type Shape, sizes, visibility } from "./attention-wgsl.ts";
import { each, program, totalOver, variants } from "./program.ts";

/** Writes dq and, for the pass over the keys, the log-sum and Σ p·dp of each query. */
export const queryGradient = variants((shape: Shape) => {
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

/** Writes dk and dv. Here a workgroup holds keys and goes over the queries of all heads that share them. */
export const keyGradient = variants(({ dimensions, rows }: Shape) =>
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
