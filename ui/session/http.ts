/** HTTP requests of the page. When one fails, the error's message is what the user reads. */
import type { Refusal } from "../../server/protocol.ts";

/** @throws when the server does not answer */
export async function request(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch {
    throw new Error("The server does not answer. Check that `palimpsest start` is still running.");
  }
}

/** @returns the body of the answer. @throws with the server's message when it refused the request */
export async function readAnswer<T>(answer: Response): Promise<T> {
  if (answer.ok) return (await answer.json()) as T;
  if (answer.status === 401)
    throw new Error("The server does not recognise this page. Open the address that `palimpsest start` printed.");
  const refusal = (await answer.json().catch(() => undefined)) as Refusal | undefined;
  throw new Error(refusal?.message ?? `The server answered with status ${answer.status}.`);
}
