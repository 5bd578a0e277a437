/**
 * The embedding table and the output layer as an adapter changes them: a fully trained copy, single trained rows, and low-rank factors, in
 * PEFT's order. These weights are tables of the whole vocabulary, so the change is added to the table and not to its results.
 */
import * as tf from "@tensorflow/tfjs";
import { type Adapter, fullyTrainedName, tableFactorNames, tableFactors, tokenRowsName } from "./adapter.ts";
import { configAt, loraScale } from "./lora.ts";
import { embeddingName } from "./weights.ts";

export type TableName = "model.embed_tokens" | "lm_head";
export const tableNames: readonly TableName[] = ["model.embed_tokens", "lm_head"];

/** The table with the adapter's changes. Call it inside `tf.tidy` or a gradient. @param base the table of the base model */
export function adaptedTable(adapter: Adapter | undefined, name: TableName, base: tf.Tensor): tf.Tensor2D {
  if (!adapter || adapter.config === "full") return (ownTable(adapter, name) ?? base) as tf.Tensor2D;
  let table = (ownTable(adapter, name) ?? base) as tf.Tensor2D;
  // The rows of a tied embedding are those of the output layer too.
  const rowsOf = name === "lm_head" && adapter.tied ? "model.embed_tokens" : name;
  const rows = adapter.tensors.get(tokenRowsName(rowsOf));
  const indices = adapter.config.tokenRows?.[rowsOf];
  if (rows && indices) table = withRows(table, indices, rows as tf.Tensor2D);
  const factors = tableFactors(adapter, name);
  if (!factors) return table;
  const scale = loraScale(configAt(adapter.config, name));
  return tf.add(table, tf.mul(tf.matMul(factors.rows, factors.columns), scale));
}

/** Whether the adapter changes the table in another way than by a fully trained copy. */
export function changesTables(adapter: Adapter): boolean {
  return tableNames.some(
    (name) => adapter.tensors.has(tableFactorNames(name).a) || adapter.tensors.has(tokenRowsName(name)),
  );
}

/**
 * The same adapter with its changes of tables as fully trained copies, which costs one table each: for many forward passes with the same
 * weights. It takes over the tensors of the given one.
 */
export function withWholeTables(adapter: Adapter, base: Readonly<Record<TableName, tf.Tensor>>): Adapter {
  if (!changesTables(adapter)) return adapter;
  const tables = tableNames.map((name) => tf.tidy(() => adaptedTable(adapter, name, base[name]).clone()));
  const tensors = new Map(adapter.tensors);
  for (const [at, name] of tableNames.entries()) {
    const { a, b } = tableFactorNames(name);
    for (const replaced of [a, b, tokenRowsName(name), fullyTrainedName(`${name}.weight`)]) {
      tensors.get(replaced)?.dispose();
      tensors.delete(replaced);
    }
    tensors.set(fullyTrainedName(`${name}.weight`), tables[at]!);
  }
  return { ...adapter, tensors, tied: false };
}

/** The adapter's copy of a table; a tied output layer is the embedding's. */
function ownTable(adapter: Adapter | undefined, name: TableName): tf.Tensor | undefined {
  const own = adapter?.tensors.get(fullyTrainedName(`${name}.weight`));
  return (
    own ?? (name === "lm_head" && adapter?.tied ? adapter.tensors.get(fullyTrainedName(embeddingName)) : undefined)
  );
}

/** The table with some rows replaced. Slices and a concatenation work, and are differentiable, on every backend. */
function withRows(table: tf.Tensor2D, indices: readonly number[], rows: tf.Tensor2D): tf.Tensor2D {
  const order = [...indices.keys()].sort((a, b) => indices[a]! - indices[b]!);
  const [count, width] = table.shape;
  const parts: tf.Tensor2D[] = [];
  let from = 0;
  for (const at of order) {
    const row = indices[at]!;
    if (row > from) parts.push(tf.slice(table, [from, 0], [row - from, width]));
    parts.push(tf.slice(rows, [at, 0], [1, width]));
    from = row + 1;
  }
  if (from < count) parts.push(tf.slice(table, [from, 0], [count - from, width]));
  return tf.concat(parts, 0);
}
