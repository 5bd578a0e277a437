/** Reads a notebook's file, if it is one: a regular file of text, of a moderate size, without conflict markers. */
import { notebookFault, parseNotebook } from "../notebook/source/parse.ts";
import type { Notebook } from "../notebook/types.ts";
import { readRegularFile, Unreadable } from "./read-file.ts";

export type Reading = { readonly notebook: Notebook } | { readonly fault: string };
export type ReadNotebook = Reading & { readonly text: string };

/** In bytes. A notebook is code and prose; data belongs into files beside it. */
const MOST = 16e6;

/**
 * @param inside the real path of the folder that it must be in
 * @throws as `node:fs` does when the file cannot be read
 */
export async function readNotebook(path: string, inside?: string): Promise<ReadNotebook> {
  let bytes: Buffer;
  try {
    bytes = await readRegularFile(path, { most: MOST, ...(inside !== undefined && { inside }) });
  } catch (error) {
    if (error instanceof Unreadable) return { text: "", fault: `This file ${error.message}.` };
    throw error;
  }
  const text = bytes.toString("utf8");
  const fault = Buffer.from(text, "utf8").equals(bytes) ? notebookFault(text) : "This file is not text.";
  return fault === undefined ? { text, notebook: parseNotebook(text) } : { text, fault };
}
