/** What a command of the command line is, and how its arguments are read. */
import { type ParseArgsConfig, parseArgs } from "node:util";

export type Command = {
  readonly name: string;
  readonly synopsis: string;
  readonly summary: string;
  /** The whole help text. */
  readonly usage: string;
  /** @returns the exit code. @throws Misuse, or an error whose message is for the user */
  run(args: readonly string[]): Promise<number>;
};

/** The command was used wrongly: exit code 2, and one line that says what to do. */
export class Misuse extends Error {}

type Options = NonNullable<ParseArgsConfig["options"]>;
type Arguments<O extends Options> = ReturnType<
  typeof parseArgs<{ options: O; allowPositionals: true; args: string[] }>
>;

/** @throws Misuse for options that the command does not have */
export function parseArguments<O extends Options>(args: readonly string[], options: O): Arguments<O> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // Node's message goes on with hints that do not apply here.
    throw new Misuse(message.split(/\. |\n/)[0] ?? message);
  }
}

/** Bytes: decimal units, as for disks and GPUs, and binary ones, as for main memory. */
const UNITS: Readonly<Record<string, number>> = {
  k: 1e3,
  m: 1e6,
  g: 1e9,
  t: 1e12,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
};

/** Reads a size such as `6GB` or `800 MiB`. @throws Misuse */
export function memoryOf(text: string | undefined): { readonly memory?: number } {
  if (text === undefined) return {};
  const [, amount, unit] = text.trim().match(/^(\d+(?:\.\d+)?)\s*([kmgt]i?)b?$/i) ?? [];
  const bytes = Number(amount) * (UNITS[unit?.toLowerCase() ?? ""] ?? Number.NaN);
  if (!(bytes > 0)) throw new Misuse(`--memory must be a size such as 6GB or 800MB, not "${text}".`);
  return { memory: Math.floor(bytes) };
}

const BACKENDS = ["tensorflow", "webgpu", "wasm", "cpu"];

/** @throws Misuse if there is no such backend */
export function backendOf(text: string | undefined): { readonly backend?: string } {
  if (text === undefined) return {};
  if (!BACKENDS.includes(text)) throw new Misuse(`--backend must be one of ${BACKENDS.join(", ")}, not "${text}".`);
  return { backend: text };
}
