/** The kernel of this page, as the session's worker starts it and gives it files. */
import type { StoredFile } from "./node/disk.ts";

let address: string | undefined;
let running: { give(files: readonly StoredFile[]): void } | undefined;

/** @param kernel the one that is running now */
export function kernelRuns(kernel: typeof running): void {
  running = kernel;
}

/** Gives files to the running kernel, if there is one. A later one gets all files when it starts. */
export function giveKernel(files: readonly StoredFile[]): void {
  running?.give(files);
}

export function setKernelCode(code: Uint8Array<ArrayBuffer>): void {
  address = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
}

export function kernelAddress(): string {
  if (address === undefined) throw new Error("The kernel's code has not arrived.");
  return address;
}
