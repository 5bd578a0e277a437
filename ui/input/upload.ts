/** Uploads a file of the user to the workspace. */
import type { KeptFile } from "../../server/protocol.ts";
import { readAnswer, request } from "../session/http.ts";

/** @returns the file's path in the workspace. @throws with the server's message when it refuses the file */
export async function upload(notebook: string, file: File): Promise<string> {
  const query = new URLSearchParams({ notebook, name: file.name });
  const answer = await request(`/api/files?${query}`, { method: "POST", body: file });
  return (await readAnswer<KeptFile>(answer)).path;
}
