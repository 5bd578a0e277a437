/**
 * Loads a folder and prints what the process had in memory before, the most that it had since, and what it keeps: all in bytes.
 * Run by `loading.test.ts`, since the most that a process has ever had is known only for the process as a whole.
 */
import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { dirname } from "node:path";
import { chooseBackend } from "../../../cells/device/backend.ts";
import { setHost } from "../../../cells/host.ts";
import { parseConfig } from "../../../cells/model/config.ts";
import { loadWeights } from "../../../cells/model/weights.ts";
import { Files } from "../../../server/kernel/files.ts";
import { bareHost } from "../bare-host.ts";

const [folder = "", backend] = process.argv.slice(2);
await chooseBackend(backend);
const files = new Files(`${dirname(folder)}/n.ts`, dirname(folder));
setHost({ ...bareHost(), readFile: (path) => files.read(path), readRange: (...range) => files.readRange(...range) });
const config = parseConfig(readFileSync(`${folder}/config.json`, "utf8"), folder);
const before = process.memoryUsage.rss();
const { weights } = await loadWeights(folder, await readdir(folder), config);
const kept = [...weights.values()].reduce((sum, { size }) => sum + 4 * size, 0);
// Where a tensor's values are first needed, a backend may copy them.
const [, last] = [...weights.values()];
await last!.data();
const most = process.resourceUsage().maxRSS * 1024;
process.stdout.write(`${JSON.stringify({ before, most, kept })}\n`);
process.exit(0);
