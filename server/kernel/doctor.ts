/**
 * Entry of the process behind `palimpsest doctor`: the server itself never loads tfjs. `--json` prints the report as JSON. Other arguments are
 * model folders.
 */
import { parseArgs } from "node:util";
import { type BackendReport, examine } from "../../cells/device/doctor.ts";
import { bytes } from "../state/quantity.ts";
import { type FolderReport, folderLine, folderMemory } from "./doctor-folders.ts";

const { values, positionals } = parseArgs({
  options: { json: { type: "boolean" }, backend: { type: "string" } },
  allowPositionals: true,
});
const report = await examine(values.backend).catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
const chosen = report.find((backend) => backend.usable && (backend.used || values.backend !== undefined));
const folders: FolderReport[] = [];
for (const folder of positionals) {
  if (!chosen?.usable) break;
  folders.push(
    await folderMemory(folder, chosen.backend, chosen.memory).catch((error: Error) => {
      process.stderr.write(`${error.message}\n`);
      process.exit(1);
    }),
  );
}
const text = [...report.map(line), ...folders.map(folderLine)].join("");
process.stdout.write(values.json ? `${JSON.stringify({ backends: report, folders })}\n` : text);
process.exit(0);

function line(backend: BackendReport): string {
  if (!backend.usable) return `  not used  ${backend.name}: ${backend.reason}\n`;
  const measured = [
    `${backend.gigaflops.toFixed(1)} GFLOP/s (matrix products of size ${backend.productSize})`,
    `${backend.overhead.toFixed(0)} µs per operation`,
    `copies ${backend.copy.toFixed(1)} GB/s`,
    backend.memory === undefined ? "memory unknown" : `${bytes(backend.memory)} for tensors`,
  ].join(", ");
  const mark = backend.used ? "→ used    " : "  usable  ";
  const hint = backend.used || values.backend ? "" : `; choose it with --backend ${backend.backend}`;
  return `${mark}  ${backend.name}: ${measured}${hint}\n${adapterLine(backend)}`;
}

function adapterLine({ adapter }: Extract<BackendReport, { usable: true }>): string {
  if (!adapter) return "";
  const { name, driver, software, features, products, subgroupMatrices } = adapter;
  const has = (feature: string): string => `${features.includes(feature) ? "with" : "without"} ${feature}`;
  const rates = `${products.stock.toFixed(1)} by tfjs, ${products.float32.toFixed(1)} by Palimpsest, ${products.bfloat16.toFixed(1)} with bfloat16 weights`;
  return (
    `            ${software ? "software adapter " : ""}${name} (${driver}), ${has("shader-f16")}, ${has("subgroups")}, ` +
    `${subgroupMatrices.length} shapes of subgroup matrices; GFLOP/s in matrix products of size ${products.size}: ${rates}\n`
  );
}
