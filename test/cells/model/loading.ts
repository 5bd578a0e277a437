/**
 * Loads a model folder and prints, in bytes: the memory of the process before, its peak, and the size of the weights. Run by
 * `loading.test.ts` as a process of its own, because a peak is known only for a whole process.
 */
import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { dirname } from "node:path";
import { chooseBackend } from "../../../cells/device/backend.ts";
import { setHost } from "../../../cells/host.ts";
import { parseConfig } from "../../../cells/model/config.ts";
import { loadWeights } from "../../../cells/model/load-weights.ts";
import { Files } from "../../../server/kernel/files.ts";
import { bareHost } from "../bare-host.ts";

const [folder = "", backend] = process.argv.slice(2);
await chooseBackend(backend);
const files = new Files(`${dirname(folder)}/n.ts`, dirname(folder));
setHost({ ...bareHost(), readFile: (path) => files.read(path), readRange: (...range) => files.readRange(...range) });
const config = parseConfig(readFileSync(`${folder}/config.json`, "utf8"), folder);
const before = process.memoryUsage.rss();
const loaded = await loadWeights(folder, await readdir(folder), config);
const weights = [...loaded.weights.values()].reduce((sum, { size }) => sum + 4 * size, 0);
// A backend may copy the values of a tensor when they are first needed.
const [, second] = [...loaded.weights.values()];
await second!.data();
const peak = process.resourceUsage().maxRSS * 1024;
process.stdout.write(`${JSON.stringify({ before, peak, weights })}\n`);
process.exit(0);
