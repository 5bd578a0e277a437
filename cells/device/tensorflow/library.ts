/**
 * Finds an installed TensorFlow: the wheel of a Python, which contains the library and its headers, or a folder (the unpacked archive of
 * libtensorflow, a prefix like /usr/local, or a wheel's folder `tensorflow`). Python only tells where the wheel is; TensorFlow is not
 * imported, which would take seconds.
 */
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { cudaLibraries } from "./cuda.ts";

export type Library = {
  /** Where it was found, for messages. */
  readonly origin: string;
  /** Undefined if only the loaded library can tell. */
  readonly version: string | undefined;
  /** Whether it was built for CUDA; undefined if only the loaded library can tell. */
  readonly cuda: boolean | undefined;
  /** Absolute paths, in the order in which they must be linked. */
  readonly libraries: readonly string[];
  /** The folder with `tensorflow/c/c_api.h`. */
  readonly include: string;
};

const alternatives = "give another Python with --python <exe>, or a folder with libtensorflow with --folder <dir>";

/** Prints the version of Python, and the folder and version of the TensorFlow that it would import. */
const question = `
import importlib.util, json, sys
from importlib import metadata
spec = importlib.util.find_spec("tensorflow")
version = None
for name in ("tensorflow", "tensorflow-cpu", "tensorflow-gpu", "tensorflow-rocm", "tensorflow-macos", "tf-nightly"):
    try:
        version = metadata.version(name)
        break
    except metadata.PackageNotFoundError:
        pass
folder = list(spec.submodule_search_locations or [None])[0] if spec else None
print(json.dumps({"python": "%d.%d" % sys.version_info[:2], "folder": folder, "version": version}))
`;

/** @throws an error that says what is missing and what to do. */
export async function libraryOfPython(executable: string): Promise<Library> {
  let answer: { readonly python: string; readonly folder: string | null; readonly version: string | null };
  try {
    const { stdout } = await promisify(execFile)(executable, ["-c", question], { timeout: 60_000 });
    answer = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    const what =
      code === "ENOENT" ? `The program ${executable} does not exist` : `${executable} is not a working Python 3`;
    throw new Error(`${what}; ${alternatives}.`);
  }
  const { python, folder, version } = answer;
  if (!folder) {
    throw new Error(
      `${executable} (Python ${python}) has no TensorFlow. Install it with ${executable} -m pip install tensorflow-cpu, ` +
        `or "tensorflow[and-cuda]" for a GPU; or ${alternatives}.`,
    );
  }
  const library = libraryIn(folder, version ?? undefined);
  return { ...library, origin: `${folder} (${executable}, Python ${python})` };
}

/** @throws an error that says what is missing and what to do. */
export function libraryOfFolder(folder: string): Library {
  const full = resolve(folder);
  if (!existsSync(full)) throw new Error(`The folder ${full} does not exist. Check --folder.`);
  return libraryIn(full, undefined);
}

function libraryIn(folder: string, version: string | undefined): Library {
  if (version !== undefined) requireSupported(version, folder);
  const main = fileNamed(folder, mainNames);
  if (!main) {
    throw new Error(
      `${folder} contains neither ${mainNames[0]} nor ${mainNames.at(-1)}` +
        `${version ? ` (TensorFlow ${version}; wheels contain it since about 2.11)` : ""}; ${alternatives}.`,
    );
  }
  const include = join(folder, "include");
  if (!existsSync(join(include, "tensorflow", "c", "eager", "c_api.h"))) {
    throw new Error(
      `${folder} contains ${main} but not its headers (include/tensorflow/c/eager/c_api.h); ${alternatives}.`,
    );
  }
  const framework = fileNamed(folder, frameworkNames);
  const cuda = builtForCuda(folder);
  const libraries = [main, ...(framework ? [framework] : []), ...(cuda ? cudaLibraries(folder) : [])];
  return { origin: folder, version, cuda, libraries, include };
}

const ending = (name: string): string[] =>
  process.platform === "darwin" ? [`${name}.2.dylib`, `${name}.dylib`] : [`${name}.so.2`, `${name}.so`];
const mainNames = [...ending("libtensorflow"), ...ending("libtensorflow_cc")];
const frameworkNames = ending("libtensorflow_framework");

function fileNamed(folder: string, names: readonly string[]): string | undefined {
  return names.flatMap((name) => [join(folder, "lib", name), join(folder, name)]).find((file) => existsSync(file));
}

/** A wheel tells it in a generated Python file. */
function builtForCuda(folder: string): boolean | undefined {
  const info = join(folder, "python", "platform", "build_info.py");
  return existsSync(info) ? /'is_cuda_build', True/.test(readFileSync(info, "utf8")) : undefined;
}

/** @throws for a TensorFlow with whose C interface tfjs-node 4.22 does not work. */
export function requireSupported(version: string, origin: string): void {
  if (/^2\.[12]\d\./.test(version)) return;
  throw new Error(`TensorFlow ${version} in ${origin} is not supported, only 2.10 to 2.29; ${alternatives}.`);
}
