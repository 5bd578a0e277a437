/** What a page carries: any bytes come out as they went in, and each change is found. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { asText, DamagedPage, fromText, unpacked } from "../../../server/in-page/container.ts";
import { containerOf } from "../../../server/in-page/page-part.ts";

it("any bytes are a text without a meaning in HTML, and come out again", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const text = asText(bytes);
      expect(text).not.toMatch(/[<>&"'`\\\s]/);
      expect([...fromText(`\n${text}\n`)]).toEqual([...bytes]);
    }),
  );
});

const files = new Map([
  ["a.txt", new TextEncoder().encode("some text ".repeat(50))],
  ["model.safetensors", Uint8Array.from({ length: 1003 }, (_, at) => (at * 7) % 255)],
  ["b.bin", Uint8Array.from({ length: 400 }, (_, at) => (at * at) % 251)],
]);

it("files come out whole, and only those that are wanted", async () => {
  const container = new Uint8Array(await containerOf(files));
  const found = await unpacked(container, (name) => name !== "a.txt");
  expect([...found.keys()]).toEqual(["model.safetensors", "b.bin"]);
  for (const [name, bytes] of found) expect([...bytes]).toEqual([...files.get(name)!]);
});

it("finds each changed byte of a file, and a text that was cut off", async () => {
  const container = new Uint8Array(await containerOf(files));
  const start = 4 + new DataView(container.buffer).getUint32(0);
  for (let at = start; at < container.byteLength; at += 7) {
    const changed = container.slice();
    changed[at]! ^= 1;
    await expect(unpacked(changed, () => true)).rejects.toThrow(DamagedPage);
  }
  const text = asText(container);
  expect(() => fromText(text.slice(0, -5))).toThrow(DamagedPage);
  expect(() => fromText(text.slice(0, -1))).toThrow(DamagedPage);
  expect(() => fromText(`${text.slice(0, -1)}<`)).toThrow(DamagedPage);
});
