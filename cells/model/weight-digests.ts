/** The digest of a model's weights while they are loaded, at most a few megabytes behind the reads. */
import type { StoredMatrix } from "../device/matrix.ts";
import { sha256 } from "../digest.ts";

/** The most bytes that wait for their digest at a time. */
const maxUndigested = 16 * 2 ** 20;

/** The digest of all weights, from those of each, or of its parts: the bytes of a large weight are never in memory together. */
export function weightDigests() {
  const digesting = new Set<Promise<unknown>>();
  const whole: string[] = [];
  const parts = new Map<string, string[]>();
  let waiting = 0;
  const digest = async (
    name: string,
    { dtype, shape, bytes }: StoredMatrix,
    fromRow: number | undefined,
  ): Promise<void> => {
    waiting += bytes.length;
    const head = `${name} ${shape.join("x")} ${dtype === "F32" ? "" : `${dtype} `}`;
    const found = await sha256(bytes);
    if (fromRow === undefined) whole.push(head + found);
    else parts.set(head, [...(parts.get(head) ?? []), `${String(fromRow).padStart(12, "0")} ${found}`]);
    waiting -= bytes.length;
  };
  return {
    /** Copies the bytes before it returns. @param fromRow of a part; undefined for a whole weight */
    add(name: string, stored: StoredMatrix, fromRow: number | undefined): void {
      const done: Promise<void> = digest(name, stored, fromRow).finally(() => digesting.delete(done));
      digesting.add(done);
    },
    /** Waits until few bytes wait for their digest. */
    async room(): Promise<void> {
      while (waiting > maxUndigested) await Promise.race(digesting);
    },
    async all(): Promise<string> {
      await Promise.all(digesting);
      for (const [head, found] of parts) whole.push(head + (await sha256(found.sort().join("\n"))));
      return sha256(whole.sort().join("\n"));
    },
  };
}
