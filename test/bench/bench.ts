/**
 * `npm run bench -- <name> [--peer] [--backend b] [--shape s] [--json]` measures one speed, beside PyTorch's where asked. `README.md` in
 * this folder says what each name measures and what was found. Never a test: the numbers belong to the machine.
 *
 * Exits with 2 when called wrongly, with 1 when something that was asked for cannot be measured.
 */
import { parseArgs } from "node:util";

export type BenchOptions = {
  readonly peer: boolean;
  readonly backend?: string;
  /** A model's shape other than the bench's own, for the GPU. */
  readonly shape?: string;
  readonly json: boolean;
};

type Bench = { readonly bench: (options: BenchOptions) => Promise<object> };

const names = [
  "train-tensorflow",
  "train-wasm",
  "train-webgpu",
  "generate",
  "generate-embedded",
  "load",
  "kernel",
] as const;

process.exit(await main());

async function main(): Promise<number> {
  const usage = `usage: npm run bench -- ${names.join("|")} [--peer] [--backend b] [--shape s] [--json]`;
  let asked: ReturnType<typeof read>;
  try {
    asked = read();
  } catch (error) {
    console.error(`bench: ${(error as Error).message}\n${usage}`);
    return 2;
  }
  try {
    const { bench } = (await import(`./${asked.name}.ts`)) as Bench;
    const result = await bench(asked.options);
    console.log(asked.options.json ? JSON.stringify(result) : result);
    return 0;
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}

function read(): { name: (typeof names)[number]; options: BenchOptions } {
  const [text, flag] = [{ type: "string" } as const, { type: "boolean", default: false } as const];
  const { values, positionals } = parseArgs({
    options: { peer: flag, json: flag, backend: text, shape: text },
    allowPositionals: true,
  });
  const [name] = positionals;
  if (name === undefined || positionals.length > 1) throw new Error("give the name of one bench");
  const known = names.find((each) => each === name);
  if (!known) throw new Error(`there is no bench "${name}"`);
  return { name: known, options: values };
}
