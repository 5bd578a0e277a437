/**
 * Gives unused buffers back to the driver. tfjs's buffer pool finds a buffer only by its exact size and never destroys one, so
 * tensors of many different sizes would fill the GPU.
 */

/** The private fields of tfjs's BufferManager that are used here. */
type Pool = {
  readonly freeBuffers: Map<string, GPUBuffer[]>;
  numFreeBuffers: number;
  numBytesUsed: number;
  numBytesAllocated: number;
};

/** Free buffers may take as many bytes as the buffers in use, and this many more. */
const spare = 2 ** 28;

export function destroyFreeBuffers(pool: Pool): void {
  if (pool.numBytesAllocated - pool.numBytesUsed <= pool.numBytesUsed + spare) return;
  for (const buffers of pool.freeBuffers.values()) {
    for (const buffer of buffers.splice(0)) {
      buffer.destroy();
      pool.numFreeBuffers -= 1;
      pool.numBytesAllocated -= buffer.size;
    }
  }
}
