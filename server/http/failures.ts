/** What a request that failed is answered with. A message never holds an absolute path: Node's own messages do. */
import type { Context } from "hono";
import { NotPossible } from "../registry/not-possible.ts";
import { explained } from "../session/errno.ts";
import { SweepFault } from "../sweep/sweep-fault.ts";
import { Denied } from "../workspace.ts";

export function failure(error: Error, c: Context): Response {
  if (error instanceof Denied || error instanceof NotPossible || error instanceof SweepFault)
    return c.json({ message: error.message }, error.status);
  const known = explained(error);
  if (known) return c.json({ message: known.message }, known.status);
  console.error(error);
  return c.json({ message: "The server failed at this request. The reason is printed in its terminal." }, 500);
}
