/**
 * Looks up rows of a table by their ids. The gradient is a scatter-add, which tfjs does not have on wasm. Also selects rows of hidden
 * states in a differentiable way.
 */
import * as tf from "@tensorflow/tfjs";
import { rowsAt } from "./cpu/narrow.ts";
import { defineKernel } from "./kernel.ts";
import { asRows, rowsOf, widthOf } from "./shape.ts";
import { narrowWeight } from "./wasm/narrow.ts";
import * as onWebgpu from "./webgpu/embed.ts";

const forward = defineKernel<{ table: tf.Tensor; ids: tf.Tensor }, Record<string, never>>({
  name: "Embed",
  integers: ["ids"],
  narrow: ["table"],
  reference: ({ table, ids }) => rowsAt(table, ids),
  webgpu: onWebgpu.embed,
  fused({ table, ids }, _, memory) {
    const [vocab, width, count] = [rowsOf(table), widthOf(table), memory.size(ids)];
    const out = memory.make([...ids.shape, width]);
    const [from, places, to] = [memory.at(table), memory.at(ids), memory.at(out)];
    const narrow = narrowWeight(memory, table);
    const invalid = narrow
      ? memory.kernels.gatherNarrow(from, places, to, count, width, vocab, narrow.half)
      : memory.kernels.gatherRows(from, places, to, count, width, vocab);
    if (invalid >= 0) {
      memory.free(out);
      throw new Error(`embed: the id at place ${invalid} is outside the table of ${vocab} rows.`);
    }
    return out;
  },
  gradient: {
    savedInputs: ["table", "ids"],
    of: ([dy], [table, ids]) => ({ table: () => tableGradient({ dy: dy!, ids: ids! }, { vocab: rowsOf(table!) })[0]! }),
  },
});

const tableGradient = defineKernel<{ dy: tf.Tensor; ids: tf.Tensor }, { vocab: number }>({
  name: "EmbedGradient",
  integers: ["ids"],
  reference({ dy, ids }, { vocab }) {
    const places = tf.reshape(ids, [ids.size, 1]);
    return tf.scatterND(places, asRows(dy), [vocab, widthOf(dy)]);
  },
  webgpu: onWebgpu.embedGradient,
  fused({ dy, ids }, { vocab }, memory) {
    const table = memory.make([vocab, widthOf(dy)]);
    const [from, places, to] = [memory.at(dy), memory.at(ids), memory.at(table)];
    memory.kernels.scatterRows(from, places, to, memory.size(ids), widthOf(dy), vocab);
    return table;
  },
});

/** table `[rows, width]`, ids int32 of any shape → `[...ids, width]`. An id outside the table is an error (NaN on WebGPU). */
export function embed(table: tf.Tensor, ids: tf.Tensor): tf.Tensor {
  return forward({ table, ids }, {})[0]!;
}
