/** Runs the command line in a temporary folder, in a process of its own or in this one. */
import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { vi } from "vitest";
import { main } from "../../../server/main.ts";

const ENTRY = fileURLToPath(new URL("../../../server/palimpsest.mjs", import.meta.url));
export const NOTEBOOK = `// %% knobs
import { input, report } from "palimpsest";
const n = input.number("n", { value: 4, min: 0, max: 100 });
const name = input.text("name", { value: "base" });

// %% result
report([{ method: name, twice: n * 2 }]);
`;

/** One for each test file. */
export const folder = mkdtempSync(join(tmpdir(), "command-"));

export type Outcome = { code: number | null; out: string; err: string };

export function palimpsest(
  args: readonly string[],
  drive?: (child: ReturnType<typeof spawn>, out: () => string) => void,
): Promise<Outcome> {
  const child = spawn(process.execPath, [ENTRY, ...args], { cwd: folder, env: { ...process.env, CI: "1" } });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  drive?.(child, () => out + err);
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, out, err })));
}

/** Runs the command line in this process, for commands that end before they start a kernel. Paths must be absolute. */
export async function inside(args: readonly string[]): Promise<Outcome> {
  const streams = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, "write").mockReturnValue(true));
  const code = await main(args);
  const [out = "", err = ""] = streams.map((stream) => stream.mock.calls.map(([text]) => String(text)).join(""));
  for (const stream of streams) stream.mockRestore();
  return { code, out, err };
}

export async function notebook(name: string, text: string | Buffer): Promise<string> {
  await writeFile(join(folder, name), text);
  return name;
}

export function lastLine(outcome: Outcome): Record<string, unknown> {
  return JSON.parse(outcome.out.trim().split("\n").at(-1) ?? "");
}
