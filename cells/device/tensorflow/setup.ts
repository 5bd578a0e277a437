/**
 * `npm run setup:tensorflow [-- --python <exe> | --folder <dir> | --undo]`: builds tfjs-node's binding for an installed TensorFlow (about
 * ten seconds). The new binding is built and tested in a temporary folder before it replaces the old one, so after a failure the old
 * one still works.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { type Built, bindingFolder, bindingIn, builtIn, recordIn } from "./binding-folder.ts";
import { compile, compiler } from "./compile.ts";
import { type Library, libraryOfFolder, libraryOfPython, requireSupported } from "./library.ts";
import { nodeHeaders, packages, unpack } from "./sources.ts";
import type { Trial } from "./trial.ts";

const usage = `npm run setup:tensorflow [-- --python <exe> | --folder <dir> | --undo]

Sets up an installed TensorFlow (2.10 to 2.29) as a backend.
  --python <exe>  use the TensorFlow of this Python (default: python3)
  --folder <dir>  use libtensorflow from this folder, with lib/ and include/
  --undo          remove the backend again
`;

type Options = { readonly python?: string; readonly folder?: string; readonly undo?: boolean; readonly help?: boolean };

process.exitCode = await main();

async function main(): Promise<number> {
  const options = parseOptions();
  if (!options) return 2;
  if (options.help) say(usage.trimEnd());
  try {
    if (options.undo) await undo();
    else if (!options.help) await setUp(options);
    return 0;
  } catch (error) {
    process.stderr.write(`setup:tensorflow: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

function parseOptions(): Options | undefined {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  try {
    const { values } = parseArgs({ options: { python: text, folder: text, undo: flag, help: flag } });
    if ([values.python, values.folder, values.undo].filter((value) => value !== undefined).length < 2) return values;
    process.stderr.write("setup:tensorflow: use only one of --python, --folder and --undo.\n");
  } catch (error) {
    process.stderr.write(`setup:tensorflow: ${error instanceof Error ? error.message : error}\n\n${usage}`);
  }
  return undefined;
}

async function setUp({ python, folder }: Options): Promise<void> {
  if (process.platform === "win32") {
    throw new Error(
      "this works on Linux and macOS only; for a prebuilt TensorFlow 2.9, run npm install @tensorflow/tfjs-node.",
    );
  }
  const library = folder === undefined ? await libraryOfPython(python ?? "python3") : libraryOfFolder(folder);
  const kind = library.cuda === undefined ? "" : library.cuda ? ", built for CUDA" : ", for the CPU";
  say(`Found TensorFlow ${library.version ?? "(version not known yet)"}${kind}: ${library.origin}`);
  const temporary = `${bindingFolder}-new`;
  try {
    await rm(temporary, { recursive: true, force: true });
    const version = await build(library, temporary);
    await rm(bindingFolder, { recursive: true, force: true });
    await rename(temporary, bindingFolder);
    say(`TensorFlow ${version} works. To see its speed and whether notebooks use it, run palimpsest doctor.`);
    say("To remove it again, run npm run setup:tensorflow -- --undo.");
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** @returns the version and device that the loaded library reports */
async function build(library: Library, folder: string): Promise<string> {
  const program = await compiler();
  await mkdir(folder, { recursive: true });
  const sources = await unpack(packages.tfjsNode, folder);
  await unpack(packages.protobuf, folder);
  const headers = await nodeHeaders(folder);
  say(`Building ${packages.tfjsNode} with ${program}, Node's headers from ${headers}`);
  await compile({ compiler: program, sources, headers }, library, bindingIn(folder));
  await record(folder, { version: library.version ?? "(unknown version)", libraries: library.libraries });
  const found = await trial(folder);
  if ("reason" in found) throw new Error(`the binding was built but cannot be used: ${found.reason}.`);
  requireSupported(found.version, library.origin);
  await record(folder, { version: found.version, libraries: library.libraries });
  return `${found.version} on ${found.gpu ? "the GPU" : `the CPU${library.cuda ? " (it finds no usable GPU)" : ""}`}`;
}

function record(folder: string, built: Built): Promise<void> {
  return writeFile(recordIn(folder), `${JSON.stringify(built, null, 2)}\n`);
}

async function trial(folder: string): Promise<Trial> {
  const entry = fileURLToPath(new URL("trial.ts", import.meta.url));
  const args = ["--import", import.meta.resolve("tsx"), entry, folder];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 600_000 });
    return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Trial;
  } catch (error) {
    const { signal, stderr } = error as { readonly signal?: string; readonly stderr?: string };
    const last = stderr?.trim().split("\n").at(-1);
    return { reason: `its process ended${signal ? ` by ${signal}` : ""}${last ? ` (${last})` : ""}` };
  }
}

async function undo(): Promise<void> {
  const built = builtIn(bindingFolder);
  if (!existsSync(bindingFolder)) return say("No TensorFlow is set up.");
  await rm(bindingFolder, { recursive: true });
  say(`Removed the binding${built ? ` to TensorFlow ${built.version}` : ""}. TensorFlow itself was not changed.`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
