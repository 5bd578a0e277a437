/** Asks the server for a shared page. */
import type { ShareOrder } from "../../server/runs/share.ts";
import { readAnswer, request } from "./http.ts";

/** @returns the file. @throws with a message for the user */
export async function sharePage(order: ShareOrder): Promise<Blob> {
  const headers = { "content-type": "application/json" };
  const answer = await request("/api/share", { method: "POST", headers, body: JSON.stringify(order) });
  return answer.ok ? answer.blob() : readAnswer(answer);
}
