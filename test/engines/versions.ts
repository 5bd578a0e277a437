/**
 * Runs the training of `node.ts` with several versions of Node, got from npm's `node` package into a temporary folder, and compares what
 * they give with what this version gives:
 *
 *     npm run test:engines [-- 22 24.1.0]
 *
 * A version that npm cannot get is passed over with one line. Exit 1 if one differs. `README.md` has the last results.
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Numbers } from "./training.ts";

const run = promisify(execFile);
const program = fileURLToPath(new URL("./node.ts", import.meta.url));
const loader = import.meta.resolve("tsx");

type Engine = { readonly name: string; readonly numbers: readonly Numbers[] };

async function measured(node: string): Promise<Engine> {
  const { stdout: name } = await run(node, ["-p", "process.version + ' (V8 ' + process.versions.v8 + ')'"]);
  const { stdout } = await run(node, ["--import", loader, program], { maxBuffer: 2 ** 24 });
  return { name: name.trim(), numbers: JSON.parse(stdout) as Numbers[] };
}

/** @returns undefined if npm cannot get it, after saying so */
async function installed(version: string, folder: string): Promise<string | undefined> {
  try {
    await run("npm", ["install", "--prefix", folder, "--no-audit", "--no-fund", `node@${version}`]);
    const node = join(folder, "node_modules", "node", "bin", "node");
    await run(node, ["--version"]);
    return node;
  } catch (error) {
    console.log(`Node ${version}: passed over, because npm could not get it (${reason(error)}).`);
    return undefined;
  }
}

function reason(error: unknown): string {
  const { stderr = "", message } = error as { readonly stderr?: string; readonly message: string };
  return (stderr || message).trim().split("\n")[0]!;
}

/** Where two engines differ first: the plan's place, the part, and for rows the step. */
function difference(a: Engine, b: Engine): string | undefined {
  for (const [plan, ours] of a.numbers.entries()) {
    for (const part of Object.keys(ours) as (keyof Numbers)[]) {
      const [left, right] = [ours[part], b.numbers[plan]![part]];
      if (JSON.stringify(left) === JSON.stringify(right)) continue;
      const at = Array.isArray(left) ? left.findIndex((x, i) => JSON.stringify(x) !== JSON.stringify(right[i])) : 0;
      return `plan ${plan}: ${part}${Array.isArray(left) ? ` at ${at}` : ""} differs`;
    }
  }
  return undefined;
}

const given = process.argv.slice(2);
const own = await measured(process.execPath);
console.log(`${own.name}: adapters ${own.numbers.map(({ adapter }) => adapter.slice(0, 12)).join(", ")}`);
for (const version of given.length > 0 ? given : ["20", "22", "24", "26"]) {
  const folder = await mkdtemp(join(tmpdir(), "node-"));
  try {
    const node = await installed(version, folder);
    if (node === undefined) continue;
    const other = await measured(node);
    const found = difference(own, other);
    console.log(`${other.name}: ${found ?? "the same bits"}`);
    if (found !== undefined) process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
