/** Records of small real trainings, made and verified by the command line in this process. */
import { mkdir, mkdtemp, realpath, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import { main } from "../../../server/main.ts";
import { tinyBase, training } from "../kernel/tiny-training.ts";

export type Outcome = { readonly code: number; readonly out: string; readonly err: string };

/** Runs the command line in this process. Paths must be absolute. */
export async function palimpsest(...args: readonly string[]): Promise<Outcome> {
  const streams = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, "write").mockReturnValue(true));
  const code = await main(args);
  const [out = "", err = ""] = streams.map((stream) => stream.mock.calls.map(([text]) => String(text)).join(""));
  for (const stream of streams) stream.mockRestore();
  return { code, out, err };
}

// biome-ignore lint/suspicious/noExplicitAny: what a command printed
export function lastLine({ out, err }: Outcome): any {
  try {
    return JSON.parse(out.trim().split("\n").at(-1) ?? "");
  } catch {
    throw new Error(`not JSON: ${out}${err}`);
  }
}

export async function folder(name: string): Promise<string> {
  return realpath(await mkdtemp(join(tmpdir(), `${name}-`)));
}

/** A probe that is cheap and depends on the weights. */
const PROBE =
  '.every(2, { name: "sure", measure: async (model) => ({ sure: (await model.nll(method.samples.slice(0, 2)))[0]!.nll }) })';

/** The cells of a notebook `n.ts` that trains for some steps and reports. @param load the path of the model */
export async function notebook(models: string, steps: number, settings = ""): Promise<{ base: string; rest: string }> {
  const base = (await tinyBase(models)).replace("import { alerts,", "import { alerts, report, show, table,");
  const run = training(steps, settings).replace(/;$/, `${PROBE};`);
  const rest = `// %% training\n${run}\n\n// %% end\nawait run.finished;
show({ loss: run.rows.at(-1)!.loss });
table([...run.rows]);
report([{ method: "both", loss: run.rows.at(-1)!.loss }]);
`;
  return { base: `// %% base\n${base}\n`, rest };
}

export async function files(where: string, all: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(where, { recursive: true });
  for (const [path, text] of Object.entries(all)) await writeFile(join(where, path), text);
}
