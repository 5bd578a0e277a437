/** The memory of an NVIDIA GPU, from the driver's own tool: neither tfjs-node nor WebGPU tells it. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Free bytes of the first GPU; undefined without the tool nvidia-smi. */
export async function freeGpuMemory(): Promise<number | undefined> {
  try {
    const args = ["--query-gpu=memory.free", "--format=csv,noheader,nounits"];
    const { stdout } = await promisify(execFile)("nvidia-smi", args, { timeout: 10_000 });
    const mebibytes = Number.parseInt(stdout, 10);
    return Number.isFinite(mebibytes) ? mebibytes * 2 ** 20 : undefined;
  } catch {
    return undefined;
  }
}
