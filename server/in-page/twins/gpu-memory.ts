/** `cells/device/tensorflow/gpu-memory.ts` in a page: a browser does not tell. */

export async function freeGpuMemory(): Promise<undefined> {
  return undefined;
}
