/**
 * Output of cells that does not go through `console`: what their code writes to the streams of the process, and what processes
 * that they start print where they inherit these streams. It goes to the console of the cell. What native code prints comes out
 * of the process, and the server says where it belongs.
 */
import * as childProcess from "node:child_process";
import { createRequire, syncBuiltinESMExports } from "node:module";
import type { ConsoleLine } from "../events.ts";
import { current } from "./generation.ts";

/** How the two output streams, by their number, look in a console. */
const LEVELS: Readonly<Record<1 | 2, ConsoleLine["level"]>> = { 1: "log", 2: "warn" };
const STREAMS = [1, 2] as const;
/** The most bytes that a process may print while its cell waits for it. */
const MOST = 100_000_000;

export function captureOutput(): void {
  for (const number of STREAMS) captureStream(number === 1 ? process.stdout : process.stderr, LEVELS[number]);
  captureChildren();
  captureWaitingFor();
}

type Write = NodeJS.WriteStream["write"];

function captureStream(stream: NodeJS.WriteStream, level: ConsoleLine["level"]): void {
  const own: Write = stream.write.bind(stream) as Write;
  const write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    const generation = current.getStore();
    if (!generation) return Reflect.apply(own, stream, [chunk, ...rest]);
    const [encoding] = rest;
    const text =
      typeof chunk === "string" && typeof encoding === "string" && Buffer.isEncoding(encoding)
        ? Buffer.from(chunk, encoding)
        : chunk;
    generation.write(level, text);
    const done = rest.find((each) => typeof each === "function") as (() => void) | undefined;
    if (done) process.nextTick(done);
    return true;
  };
  stream.write = write as Write;
}

type SpawnOptions = { stdio?: unknown };
type Spawn = (this: childProcess.ChildProcess, options: SpawnOptions) => unknown;

/** A process that inherits an output stream gets a pipe in its place. */
function captureChildren(): void {
  const prototype = childProcess.ChildProcess.prototype as unknown as { spawn: Spawn };
  const own = prototype.spawn;
  prototype.spawn = function spawn(options) {
    const generation = current.getStore();
    const { stdio, taken } = generation ? withPipes(options.stdio) : { stdio: options.stdio, taken: [] };
    const result = own.call(this, { ...options, stdio });
    for (const number of taken)
      this.stdio?.[number]?.on("data", (chunk: Buffer) => generation?.write(LEVELS[number], chunk));
    return result;
  };
}

type Outcome = { readonly stdout?: unknown; readonly stderr?: unknown };

/** The same for the functions that wait for the process. */
function captureWaitingFor(): void {
  const module: Record<string, unknown> = createRequire(import.meta.url)("node:child_process");
  const printed = (generation: NonNullable<ReturnType<typeof current.getStore>>, taken: readonly (1 | 2)[]) => {
    return (outcome: Outcome): void => {
      for (const number of taken) {
        const output = number === 1 ? outcome.stdout : outcome.stderr;
        if (typeof output === "string" || output instanceof Uint8Array) generation.write(LEVELS[number], output);
      }
    };
  };
  const isOptions = (value: unknown): value is SpawnOptions =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  for (const name of ["spawnSync", "execFileSync", "execSync"]) {
    const own = module[name] as (...args: unknown[]) => unknown;
    module[name] = (...args: unknown[]): unknown => {
      const generation = current.getStore();
      const options = args.find(isOptions);
      const { stdio, taken } = withPipes(options?.stdio);
      if (!generation || taken.length === 0) return own(...args);
      const print = printed(generation, taken);
      const changed = args.map((each) => (each === options ? { maxBuffer: MOST, ...options, stdio } : each));
      try {
        const result = own(...changed);
        print(name === "spawnSync" ? (result as Outcome) : { stdout: result });
        return name === "spawnSync" || !taken.includes(1) ? result : null;
      } catch (error) {
        print(error as Outcome);
        throw error;
      }
    };
  }
  syncBuiltinESMExports();
}

/** @returns `stdio` with pipes in place of inherited output streams, and which these are */
function withPipes(stdio: unknown): { readonly stdio: unknown; readonly taken: readonly (1 | 2)[] } {
  const all: unknown[] =
    stdio === "inherit" ? ["inherit", "inherit", "inherit"] : Array.isArray(stdio) ? [...stdio] : [];
  const taken = STREAMS.filter((number) => {
    const each = all[number];
    return each === "inherit" || each === 1 || each === 2 || each === process.stdout || each === process.stderr;
  });
  for (const number of taken) all[number] = "pipe";
  return { stdio: taken.length > 0 ? all : stdio, taken };
}
