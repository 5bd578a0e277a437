/** `cells/device/wasm/bytes.ts` in a page: the compiled kernels come with the page. */
import { contentOf, fileAt } from "../node/disk.ts";
import { KERNELS } from "../places.ts";

export function kernelBytes(): Uint8Array<ArrayBuffer> {
  return contentOf(fileAt(KERNELS)).slice();
}
