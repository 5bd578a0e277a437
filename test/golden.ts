/**
 * `npm run golden -- <folder> [--backend b]`: checks a folder of reference results and prints one line per check. Exits with 1 if a
 * check fails or there is nothing to check, and with 2 after wrong arguments.
 */
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { chooseBackend } from "../cells/device/backend.ts";
import { bareHost } from "./cells/bare-host.ts";
import { checkFolder, passes } from "./golden-check.ts";

process.exitCode = await main();

async function main(): Promise<number> {
  const usage = "usage: npm run golden -- <folder> [--backend tensorflow|webgpu|wasm|cpu]";
  let folder: string;
  try {
    const { values, positionals } = parseArgs({ options: { backend: { type: "string" } }, allowPositionals: true });
    if (positionals.length !== 1) throw new Error("Give exactly one folder.");
    folder = resolve(positionals[0]!);
    if (!(await stat(folder).catch(() => undefined))?.isDirectory())
      throw new Error(`The folder ${folder} does not exist.`);
    const { name, note } = await chooseBackend(values.backend);
    console.log(`backend ${name}${note ? ` (${note})` : ""}`);
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    return 2;
  }
  bareHost();
  let [passed, failed] = [0, 0];
  for await (const check of checkFolder(folder)) {
    const { name, error, limit, note } = check;
    const ok = passes(check);
    if (ok) passed += 1;
    else failed += 1;
    const numbers = `${error === 0 ? "0" : error.toExponential(1)} (at most ${limit})`;
    console.log(`${ok ? "ok    " : "FAILED"} ${check.folder}: ${name}: ${numbers}${note ? ` (${note})` : ""}`);
  }
  if (passed + failed === 0)
    console.error(`${folder} contains nothing to check: neither golden.json nor sacrebleu.json.`);
  else console.log(`${passed} passed, ${failed} failed`);
  return failed > 0 || passed === 0 ? 1 : 0;
}
