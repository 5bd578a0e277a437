/**
 * Loads a model folder and prints, in bytes: the memory of the process before, its peak, and the size of the weights. Run by
 * `loading.test.ts` as a process of its own, because a peak is known only for a whole process.
 */
import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { dirname } from "node:path";
import { chooseBackend } from "../../../cells/device/backend.ts";
import { heldBytes } from "../../../cells/device/narrow.ts";
import { setHost } from "../../../cells/host.ts";
import { parseConfig } from "../../../cells/model/config.ts";
import { loadWeights } from "../../../cells/model/load-weights.ts";
import { Files } from "../../../server/kernel/files.ts";
import { peakMemory } from "../../peak-memory.ts";
import { bareHost } from "../bare-host.ts";

const [folder = "", backend] = process.argv.slice(2);
await chooseBackend(backend);
const files = new Files(`${dirname(folder)}/n.ts`, dirname(folder));
setHost({ ...bareHost(), readFile: (path) => files.read(path), readRange: (...range) => files.readRange(...range) });
const config = parseConfig(readFileSync(`${folder}/config.json`, "utf8"), folder);
// What is garbage now would be used again for the weights.
globalThis.gc?.();
const before = process.memoryUsage.rss();
const loaded = await loadWeights(folder, await readdir(folder), config);
const weights = [...loaded.weights.values()].reduce((sum, tensor) => sum + heldBytes(tensor), 0);
// A backend may copy the values of a tensor when they are first needed. (Reading one in 16 bits makes a float32 copy.)
const vector = [...loaded.weights.values()].find(({ rank }) => rank === 1);
await vector!.data();
const peak = peakMemory();
process.stdout.write(`${JSON.stringify({ before, peak, weights })}\n`);
process.exit(0);
