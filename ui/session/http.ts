/** HTTP requests of the page: what the server answers, or why not, in words for the user. */
import type { Refusal } from "../../server/protocol.ts";

/** @throws when nobody answers. */
export async function request(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch {
    throw new Error("The server does not answer. Is `palimpsest start` still running?");
  }
}

/** @throws with the server's words. */
export async function readAnswer<T>(answer: Response): Promise<T> {
  if (answer.ok) return (await answer.json()) as T;
  if (answer.status === 401)
    throw new Error("The server does not know this page. Open the address that `palimpsest start` printed.");
  const refusal = (await answer.json().catch(() => undefined)) as Refusal | undefined;
  throw new Error(refusal?.message ?? `The server answered ${answer.status}.`);
}
