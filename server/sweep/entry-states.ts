/**
 * The states of entries for pages that ask every second: the report of an entry that has ended is read again only if its file
 * has changed. So a look at a thousand entries is a thousand calls of `stat`, which take some milliseconds.
 */
import { lstatSync } from "node:fs";
import type { EntryState, SweepFolder } from "./sweep-folder.ts";

type Known = { readonly signature: string; readonly state: EntryState };

export class EntryStates {
  /** By the path of the report. */
  readonly #known = new Map<string, Known>();

  async of(folder: SweepFolder, entry: { readonly id: string }): Promise<EntryState> {
    const path = folder.filesOf(entry).result;
    const signature = signatureOf(path);
    const known = this.#known.get(path);
    if (known && known.signature === signature) return known.state;
    const state = await folder.stateOf(entry);
    if (signature !== "" && (state.status === "done" || state.status === "failed"))
      this.#known.set(path, { signature, state });
    else this.#known.delete(path);
    return state;
  }
}

/** Empty if there is no such file. */
function signatureOf(path: string): string {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isFile() ? `${found.ino} ${found.size} ${found.mtimeMs}` : "";
}
