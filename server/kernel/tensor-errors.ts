/** The two errors that the ledger gives users: a tensor that was freed is used, and a tensor does not fit into the budget. */
import type { Tensor } from "@tensorflow/tfjs";
import { bytes as inWords } from "../state/quantity.ts";
import type { Account } from "./account.ts";
import type { Generation } from "./generation.ts";

/** How many cells are named. */
const NAMED = 4;

/** @param owner the generation that made the tensor */
export function freedTensor(tensor: Tensor, owner: Generation | undefined): Error {
  const what = `This tensor (${tensor.dtype} [${tensor.shape.join(", ")}])`;
  if (!owner) return new Error(`${what} was disposed.`);
  const { cell, number, successor } = owner;
  if (!owner.ended) return new Error(`${what}, made by generation ${number} of the cell ${cell}, was disposed.`);
  const by = successor === undefined ? "that generation ended" : `generation ${successor} of that cell started`;
  return new Error(
    `${what} was made by generation ${number} of the cell ${cell} and freed when ${by}. ` +
      `Use the tensor that the cell defines now, or hand this one over in that cell with keep(…).`,
  );
}

/** @param bytes of the tensor that was to be made. @param held by all tensors before */
export function tensorDoesNotFit(bytes: number, held: number, budget: number, accounts: readonly Account[]): Error {
  const holders = largestHolders(accounts);
  return new Error(
    `A tensor of ${inWords(bytes)} does not fit: tensors may use ${inWords(budget)}, and ${inWords(held)} ` +
      `${holders === "" ? "is" : `(${holders}) is`} in use. Free tensors that are not needed (tf.tidy, dispose), make smaller batches, ` +
      `or raise the limit with --memory.`,
  );
}

/** The cells that hold most, and how much. */
function largestHolders(accounts: readonly Account[]): string {
  const holding = accounts.filter(({ bytes }) => bytes > 0).sort((a, b) => b.bytes - a.bytes);
  const named = holding.slice(0, NAMED).map(({ owner, bytes }) => `${owner?.cell ?? "no cell"} ${inWords(bytes)}`);
  const others = holding.slice(NAMED).reduce((sum, { bytes }) => sum + bytes, 0);
  return [...named, ...(others > 0 ? [`others ${inWords(others)}`] : [])].join(", ");
}
