/** The workspace's notebooks, over HTTP: list, make, duplicate. */
import type { NewNotebook, NotebookListing } from "../../server/protocol.ts";
import { readAnswer, request } from "../session/http.ts";

export type Listed = NotebookListing["notebooks"][number];

/** @throws with words for the user. */
export async function listNotebooks(): Promise<NotebookListing> {
  return readAnswer<NotebookListing>(await request("/api/notebooks", { cache: "no-store" }));
}

/** The path of the new notebook. @throws with words for the user. */
export async function makeNotebook(wanted: NewNotebook): Promise<string> {
  const answer = await request("/api/notebooks", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(wanted),
  });
  return (await readAnswer<{ path: string }>(answer)).path;
}

/** `radis.ts` → `radis-copy.ts`, or the first `radis-copy-2.ts` … that is free. */
export function copyName(path: string, taken: readonly string[]): string {
  const stem = path.replace(/\.ts$/, "");
  for (let i = 1; ; i++) {
    const name = `${stem}-copy${i === 1 ? "" : `-${i}`}.ts`;
    if (!taken.includes(name)) return name;
  }
}

export function address(path: string): string {
  return `/notebook/${path.split("/").map(encodeURIComponent).join("/")}`;
}
