/**
 * `npm run bench -- <name> [--peer] [--backend b] [--shape s] [--json]` measures the speed of one thing and, with `--peer`, of the same
 * work in PyTorch. `README.md` in this folder lists the names and the results. A bench is not a test: its figures depend on the machine.
 *
 * Exit code 2: wrong arguments. Exit code 1: the bench failed, or this machine lacks what it needs (a GPU, PyTorch).
 */
import { parseArgs } from "node:util";

export type BenchOptions = {
  /** Also measure PyTorch. */
  readonly peer: boolean;
  readonly backend?: string;
  /** The model's shape, one of `shapes`; `train-webgpu` and `memory` read it. */
  readonly shape?: string;
  readonly json: boolean;
};

type Bench = { readonly bench: (options: BenchOptions) => Promise<object> };

/** Each one is a file of this folder. */
const names = [
  "train-tensorflow",
  "train-wasm",
  "train-webgpu",
  "generate",
  "generate-embedded",
  "load",
  "memory",
  "kernel",
  "runs",
  "record",
  "share",
] as const;

process.exit(await main());

async function main(): Promise<number> {
  const usage = `usage: npm run bench -- ${names.join("|")} [--peer] [--backend b] [--shape s] [--json]`;
  let command: ReturnType<typeof readArguments>;
  try {
    command = readArguments();
  } catch (error) {
    console.error(`bench: ${(error as Error).message}\n${usage}`);
    return 2;
  }
  try {
    // Only the chosen bench is loaded: what the others import would count in its peak memory.
    const { bench } = (await import(`./${command.name}.ts`)) as Bench;
    const result = await bench(command.options);
    console.log(command.options.json ? JSON.stringify(result) : result);
    return 0;
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}

function readArguments(): { name: (typeof names)[number]; options: BenchOptions } {
  const [text, flag] = [{ type: "string" } as const, { type: "boolean", default: false } as const];
  const { values, positionals } = parseArgs({
    options: { peer: flag, json: flag, backend: text, shape: text },
    allowPositionals: true,
  });
  if (positionals.length !== 1) throw new Error(`name exactly one bench, not ${positionals.length}`);
  const name = names.find((each) => each === positionals[0]);
  if (!name) throw new Error(`there is no bench "${positionals[0]}"`);
  return { name, options: values };
}
