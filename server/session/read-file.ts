/**
 * The one way to read a file of a folder that may come from elsewhere. A pipe or a device would block the server or never end;
 * a huge file would fill its memory.
 */
import { constants } from "node:fs";
import { open } from "node:fs/promises";

const { O_RDONLY, O_NONBLOCK = 0 } = constants;

/**
 * The UTF-8 text of a regular file. Links are followed: whether they lead outside is for `inside.ts` to say.
 * @param largest in bytes
 * @throws if it does not exist, is not a regular file, or is larger
 */
export async function readRegularFile(path: string, largest: number): Promise<string> {
  // Without O_NONBLOCK, opening a pipe waits for its writer.
  const file = await open(path, O_RDONLY | O_NONBLOCK);
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw new Error(`${path} is not a regular file, so it is not read.`);
    if (stats.size > largest)
      throw new Error(`${path} has ${Math.ceil(stats.size / 1e6)} MB. Files above ${largest / 1e6} MB are not read.`);
    return await file.readFile("utf8");
  } finally {
    await file.close();
  }
}
