/** Writes files whole: beside the file first, then by atomic rename, so that a reader or a crash finds the old file or the new one. */
import { randomUUID } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

export async function writeWhole(file: string, data: Uint8Array | string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const beside = `${file}.${randomUUID().slice(0, 8)}.part`;
  try {
    const handle = await open(beside, "w");
    try {
      await handle.writeFile(data);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

export function writeWholeSync(file: string, data: Uint8Array | string): void {
  mkdirSync(dirname(file), { recursive: true });
  const beside = `${file}.${randomUUID().slice(0, 8)}.part`;
  try {
    const descriptor = openSync(beside, "w");
    try {
      writeFileSync(descriptor, data);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}
