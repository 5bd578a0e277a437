/** What is trained in each engine, and the embedded model's files, read from disk. */
import { readdirSync, readFileSync } from "node:fs";
import type { Files, Plan } from "./training.ts";

/** On `cpu` less, because it is slow: what matters there is that each operation runs once. */
export const plans: readonly Plan[] = [
  { backend: "wasm", steps: 5, batch: 3, probed: 1, tokens: 12 },
  { backend: "cpu", steps: 2, batch: 1, probed: 0, tokens: 3 },
];

const folder = new URL("../../experiments/models/tiny-chat/", import.meta.url);

export function modelFiles(): Files {
  return new Map(readdirSync(folder).map((name) => [name, new Uint8Array(readFileSync(new URL(name, folder)))]));
}
