/**
 * Attention in WGSL (after Dao et al. 2022), without a matrix of scores in memory. A workgroup takes a few queries of one head and goes
 * over the keys in blocks of 64. In each block a lane first scores one key against all queries, then sums the values of one
 * dimension.
 */
import { fetch, lanes, ofQueries, perDimension, type Shape, sizes, visibility } from "./attention-wgsl.ts";
import { each, program, variants } from "./program.ts";

/** Writes y and, for the backward pass, log Σ exp of each query's scores. */
export const attentionProgram = variants((shape: Shape) => {
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
