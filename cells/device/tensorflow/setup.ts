/**
 * `npm run setup:tensorflow [-- --python <exe> | --folder <dir> | --undo]`: makes a TensorFlow that the user has usable, by building
 * tfjs-node's binding against it (about ten seconds). The build is made aside, tried, and only then put in place, so that a
 * failure leaves what worked before.
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

Makes a TensorFlow 2.10 to 2.29 that you have usable as a backend.
  --python <exe>  the TensorFlow of this Python (without it, of python3)
  --folder <dir>  libtensorflow and its headers, in lib/ and include/
  --undo          takes it away again
`;

type Words = { readonly python?: string; readonly folder?: string; readonly undo?: boolean; readonly help?: boolean };

process.exitCode = await main();

async function main(): Promise<number> {
  const words = read();
  if (!words) return 2;
  if (words.help) say(usage.trimEnd());
  try {
    if (words.undo) await undo();
    else if (!words.help) await setUp(words);
    return 0;
  } catch (error) {
    process.stderr.write(`setup:tensorflow: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

function read(): Words | undefined {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  try {
    const { values } = parseArgs({ options: { python: text, folder: text, undo: flag, help: flag } });
    if ([values.python, values.folder, values.undo].filter((value) => value !== undefined).length < 2) return values;
    process.stderr.write("setup:tensorflow: give only one of --python, --folder and --undo.\n");
  } catch (error) {
    process.stderr.write(`setup:tensorflow: ${error instanceof Error ? error.message : error}\n\n${usage}`);
  }
  return undefined;
}

async function setUp({ python, folder }: Words): Promise<void> {
  if (process.platform === "win32") {
    throw new Error(
      "this builds on Linux and macOS only; npm install @tensorflow/tfjs-node brings a prebuilt TensorFlow 2.9.",
    );
  }
  const library = folder === undefined ? await libraryOfPython(python ?? "python3") : libraryOfFolder(folder);
  const kind = library.cuda === undefined ? "" : library.cuda ? ", built for CUDA" : ", for the CPU";
  say(`Found TensorFlow ${library.version ?? "of a version yet unknown"}${kind}: ${library.origin}`);
  const aside = `${bindingFolder}-new`;
  try {
    await rm(aside, { recursive: true, force: true });
    const version = await build(library, aside);
    await rm(bindingFolder, { recursive: true, force: true });
    await rename(aside, bindingFolder);
    say(`It works: TensorFlow ${version}. palimpsest doctor tells how fast it is, and whether notebooks run on it.`);
    say("npm run setup:tensorflow -- --undo takes it away again.");
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** Gives version and device, as the loaded library tells them. */
async function build(library: Library, folder: string): Promise<string> {
  const program = await compiler();
  await mkdir(folder, { recursive: true });
  const sources = await unpack(packages.tfjsNode, folder);
  await unpack(packages.protobuf, folder);
  const headers = await nodeHeaders(folder);
  say(`Building ${packages.tfjsNode} with ${program}, Node's headers from ${headers}`);
  await compile({ compiler: program, sources, headers }, library, bindingIn(folder));
  await record(folder, { version: library.version ?? "of unknown version", libraries: library.libraries });
  const found = await trial(folder);
  if ("reason" in found) throw new Error(`the binding was built but cannot be used: ${found.reason}.`);
  requireSupported(found.version, library.origin);
  await record(folder, { version: found.version, libraries: library.libraries });
  return `${found.version} on ${found.gpu ? "the GPU" : `the CPU${library.cuda ? " (it finds no GPU that it can use)" : ""}`}`;
}

function record(folder: string, built: Built): Promise<void> {
  return writeFile(recordIn(folder), `${JSON.stringify(built, null, 2)}\n`);
}

async function trial(folder: string): Promise<Trial> {
  const entry = fileURLToPath(new URL("trial.ts", import.meta.url));
  const words = ["--import", import.meta.resolve("tsx"), entry, folder];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, words, { timeout: 600_000 });
    return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Trial;
  } catch (error) {
    const { signal, stderr } = error as { readonly signal?: string; readonly stderr?: string };
    const last = stderr?.trim().split("\n").at(-1);
    return { reason: `its process ended${signal ? ` by ${signal}` : ""}${last ? ` (${last})` : ""}` };
  }
}

async function undo(): Promise<void> {
  const built = builtIn(bindingFolder);
  if (!existsSync(bindingFolder)) return say("Nothing was set up.");
  await rm(bindingFolder, { recursive: true });
  say(`Taken away${built ? `: the binding to TensorFlow ${built.version}` : ""}. TensorFlow itself was not touched.`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
