/** The routes of the sweeps of a workspace; `server/sweep/api.ts` lists them. */
import { createHash } from "node:crypto";
import { type Context, Hono, type MiddlewareHandler } from "hono";
import type { View } from "../sweep/details.ts";
import type { Sweeps } from "../sweep/sweeps.ts";
import { jsonBody } from "./json-body.ts";
import { againOrder, startOrder, sweepKey } from "./sweeps-wire.ts";

export function sweepRoutes(sweeps: Sweeps, limitBody: MiddlewareHandler): Hono {
  const routes = new Hono();
  routes.post("*", limitBody);
  routes.get("/", async (c) => c.json(await sweeps.list()));

  routes.get("/one", async (c) => {
    const text = JSON.stringify(await sweeps.details(c.req.query("sweep") ?? "", viewOf(c)));
    // The page asks again and again while a sweep runs; the browser answers it itself as long as nothing changes.
    const etag = `"${createHash("sha256").update(text).digest("base64url").slice(0, 22)}"`;
    const headers = { etag, "cache-control": "no-cache", "content-type": "application/json" };
    return c.req.header("if-none-match") === etag ? c.body(null, 304, headers) : c.body(text, 200, headers);
  });
  routes.get("/log", async (c) => c.json(await sweeps.log(c.req.query("sweep") ?? "", c.req.query("entry") ?? "")));

  routes.post("/", async (c) =>
    c.json(await sweeps.start(await jsonBody(c, startOrder, "order to start a sweep")), 201),
  );
  routes.post("/again", async (c) => c.json(await sweeps.again(await jsonBody(c, againOrder, "order to run again"))));
  routes.post("/cancel", async (c) => {
    await sweeps.cancel((await jsonBody(c, sweepKey, "order to cancel")).sweep);
    return c.json({});
  });
  return routes;
}

function viewOf(c: Context): View {
  const { x, y, down, across } = c.req.query();
  return { ...(x && y && x !== y && { axes: [x, y] }), ...(down && across && { heat: [down, across] }) };
}
