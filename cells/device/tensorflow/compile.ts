/**
 * Compiles tfjs-node's binding (two C++ files) and Palimpsest's own operations, by calling the compiler directly. node-gyp would need
 * all headers of Node and its build settings; a binding to the stable Node-API uses only one header.
 */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Library } from "./library.ts";

const run = promisify(execFile);

/** The first C++ compiler that runs: `CXX` if it is set, or else a usual one. @throws if there is none. */
export async function compiler(): Promise<string> {
  const { CXX } = process.env;
  for (const name of CXX ? [CXX] : ["c++", "g++", "clang++"]) {
    try {
      await run(name, ["--version"]);
      return name;
    } catch {}
  }
  const advice =
    process.platform === "darwin" ? "xcode-select --install" : "sudo apt install g++, or what your system has for it";
  throw new Error(`No C++ compiler was found (tried ${CXX ?? "c++, g++, clang++"}). Install one: ${advice}.`);
}

export type Parts = { readonly compiler: string; readonly sources: string; readonly headers: string };

/** Writes the binding to `output`. @throws with the first error of the compiler. */
export async function compile({ compiler, sources, headers }: Parts, library: Library, output: string): Promise<void> {
  const include = [join(sources, "binding"), sources, library.include, headers].map((folder) => `-I${folder}`);
  const folders = [...new Set(library.libraries.map((file) => join(file, "..")))];
  const link =
    process.platform === "darwin"
      ? ["-undefined", "dynamic_lookup", ...library.libraries]
      : // Links libraries even if no symbol of them is used, for CUDA: see cuda.ts.
        ["-Wl,--no-as-needed", ...library.libraries];
  const own = fileURLToPath(new URL("native/operations.cc", import.meta.url));
  const files = [...["tfjs_backend.cc", "tfjs_binding.cc"].map((file) => join(sources, "binding", file)), own];
  try {
    await run(compiler, [
      ...["-shared", "-fPIC", "-pthread", "-O3", "-fopenmp-simd", "-std=c++17", "-w", "-DNAPI_VERSION=8"],
      ...[...include, ...files, "-o", output],
      ...link,
      ...folders.map((folder) => `-Wl,-rpath,${folder}`),
    ]);
  } catch (error) {
    const { stderr } = error as { readonly stderr?: string };
    const lines = (stderr || String(error)).trim().split("\n");
    const reason = lines.find((line) => /error/i.test(line)) ?? lines[0];
    throw new Error(
      `${compiler} cannot build the binding against TensorFlow ${library.version ?? "of unknown version"} in ` +
        `${library.origin}: ${reason}`,
    );
  }
}
