/** The notebooks of the workspace and their kernels, over HTTP: list, create, duplicate, end. */
import type { EndOrder, NewNotebook, NotebookListing } from "../../server/protocol.ts";
import { readAnswer, request } from "../session/http.ts";

export type ListedNotebook = NotebookListing["notebooks"][number];

/** @throws with a message for the user */
export async function listNotebooks(): Promise<NotebookListing> {
  return readAnswer<NotebookListing>(await request("/api/notebooks", { cache: "no-store" }));
}

/** @returns the path of the new notebook. @throws with a message for the user */
export async function createNotebook(notebook: NewNotebook): Promise<string> {
  const answer = await request("/api/notebooks", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(notebook),
  });
  return (await readAnswer<{ path: string }>(answer)).path;
}

/** Ends the kernel of an open notebook, or closes the notebook. @throws with a message for the user */
export async function endKernel(order: EndOrder): Promise<void> {
  const answer = await request("/api/kernels", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(order),
  });
  await readAnswer(answer);
}

/** `radis.ts` → `radis-copy.ts`; if that exists, `radis-copy-2.ts` and so on. */
export function copyName(path: string, taken: readonly string[]): string {
  const stem = path.replace(/\.ts$/, "");
  for (let i = 1; ; i++) {
    const name = `${stem}-copy${i === 1 ? "" : `-${i}`}.ts`;
    if (!taken.includes(name)) return name;
  }
}
