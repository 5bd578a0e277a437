/** Reads the compiled kernels. Only this file of the wasm backend uses node:fs, so another host can replace it. */
import { readFileSync } from "node:fs";

export function kernelBytes(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL("./kernels.wasm", import.meta.url)));
}
