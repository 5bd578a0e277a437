/** 16-bit weights are widened on the device to exactly the bits that JavaScript computes. */
import { describe, expect, it } from "vitest";
import type { StoredMatrix } from "../../../cells/device/matrix.ts";
import { widen } from "../../../cells/device/widen.ts";
import { uploadWeight } from "../../../cells/model/upload.ts";
import { backends } from "../device/backends.ts";
import { useBackend } from "./backend.ts";

const all = Uint16Array.from({ length: 65_536 }, (_, bits) => bits);

/** All NaNs count as equal, whatever their bits. */
function bitsOf(values: Float32Array): Uint32Array {
  const bits = new Uint32Array(values.buffer.slice(values.byteOffset, values.byteOffset + values.byteLength));
  return bits.map((each, at) => (Number.isNaN(values[at]) ? 0x7fc00000 : each));
}

describe.each(backends.filter((name) => name !== "webgpu"))("a weight copied to %s", (backend) => {
  it.each(["F16", "BF16"] as const)("is widened exactly, for all 65,536 values of %s", async (dtype) => {
    await useBackend(backend);
    const stored: StoredMatrix = { dtype, shape: [256, 256], bytes: new Uint8Array(all.slice().buffer) };
    const tensor = uploadWeight(stored);
    const values = await tensor.data<"float32">();
    expect(bitsOf(values)).toEqual(bitsOf(widen(stored)));
    tensor.dispose();
  });

  it("keeps its values when its source bytes change", async () => {
    await useBackend(backend);
    // At each offset in a cache line: some libraries share memory that begins at a cache line, and copy other memory.
    for (let place = 0; place < 64; place += 4) {
      const bytes = new Uint8Array(new ArrayBuffer(80), place, 16);
      new Float32Array(bytes.buffer, place, 4).set([1, 2, 3, 4]);
      const tensor = uploadWeight({ dtype: "F32", shape: [2, 2], bytes });
      bytes.fill(0);
      expect([...(await tensor.data())]).toEqual([1, 2, 3, 4]);
      tensor.dispose();
    }
  });
});
