/** The address of the kernel's code, for the session's worker that starts it. */

let address: string | undefined;

export function setKernelCode(code: Uint8Array<ArrayBuffer>): void {
  address = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
}

export function kernelAddress(): string {
  if (address === undefined) throw new Error("The kernel's code has not arrived.");
  return address;
}
