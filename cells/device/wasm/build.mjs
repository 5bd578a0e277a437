/**
 * Compiles `kernels/` (AssemblyScript) to `kernels.wasm`. The result is committed, so users do not need to compile it.
 *
 *     node cells/device/wasm/build.mjs [output file]
 */
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const outFile = process.argv[2] ?? here("./kernels.wasm");
const options = ["--outFile", outFile, "--runtime", "stub", "--importMemory", "--enable", "simd", "-O3", "--noAssert"];
const { error, stderr } = await asc.main([here("./kernels/index.ts"), ...options]);
if (error) {
  console.error(`The kernels did not compile: ${error.message}\n${stderr}`);
  process.exitCode = 1;
}
