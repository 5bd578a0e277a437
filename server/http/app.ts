/** The routes of the workbench: the page and its assets, the list of notebooks, and one socket per open notebook. */
import { upgradeWebSocket } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { Denied, type Workspace } from "../workspace.ts";
import { type Asset, shell } from "./assets.ts";
import { guard } from "./guard.ts";
import { sessionSocket } from "./socket.ts";
import { readNewNotebook } from "./wire.ts";

export type AppParts = {
  readonly workspace: Workspace;
  readonly assets: ReadonlyMap<string, Asset>;
  readonly token: string;
  /** The port that the server listens on; known when it listens. */
  readonly port: () => number;
};

const BODY_BYTES = 64 * 1024;
/** Larger files need not be uploaded: a notebook can read them by their path. */
const FILE_BYTES = 256e6;
const tooLarge = (c: Context): Response =>
  c.json(
    { message: "Files above 256 MB are too large to upload. Copy the file into the workspace and give its path." },
    413,
  );

export function app({ workspace, assets, token, port }: AppParts): Hono {
  const routes = new Hono();
  routes.use("*", guard(port, token));
  routes.onError((error, c) => (error instanceof Denied ? refusal(c, error) : c.json({ message: error.message }, 500)));

  const page = shell(assets);
  const servePage = (c: Context): Response => c.html(page, 200, { "cache-control": "no-cache" });
  routes.get("/", servePage);
  routes.get("/notebook/*", servePage);

  routes.get("/assets/:name", (c) => {
    const asset = assets.get(c.req.param("name"));
    if (!asset) return c.notFound();
    const headers = { etag: asset.etag, "cache-control": "no-cache", "content-type": asset.type };
    return c.req.header("if-none-match") === asset.etag ? c.body(null, 304, headers) : c.body(asset.body, 200, headers);
  });

  routes.get("/api/notebooks", async (c) => c.json(await workspace.listing(), 200, { "cache-control": "no-store" }));
  routes.post("/api/notebooks", bodyLimit({ maxSize: BODY_BYTES }), async (c) => {
    const asked = readNewNotebook(await c.req.json().catch(() => undefined));
    if (typeof asked === "string") {
      throw new Denied(
        400,
        `Invalid request for a new notebook: ${asked}. Send {"path": "name.ts"}; add "from" to copy a notebook.`,
      );
    }
    return c.json({ path: await workspace.create(asked.path, asked.from) }, 201);
  });

  routes.post("/api/files", bodyLimit({ maxSize: FILE_BYTES, onError: tooLarge }), async (c) => {
    const { notebook = "", name = "" } = c.req.query();
    const path = await workspace.storeFile(notebook, name, new Uint8Array(await c.req.arrayBuffer()));
    return c.json({ path }, 201);
  });

  routes.get("/api/blob", async (c) => {
    const { notebook = "", hash = "" } = c.req.query();
    const text = await (await workspace.session(notebook)).blob(hash);
    if (text === undefined) throw new Denied(404, "This output no longer exists. Run the cell to show it again.");
    return c.body(text, 200, { "content-type": "application/json", "cache-control": "no-store" });
  });

  routes.get(
    "/api/session",
    async (c, next) => {
      // Open the session before the upgrade, so that a missing notebook is answered over HTTP.
      await workspace.session(c.req.query("notebook") ?? "");
      await next();
    },
    upgradeWebSocket(async (c) => {
      const session = await workspace.session(c.req.query("notebook") ?? "");
      return sessionSocket(session, Number(c.req.query("since") ?? 0), c.req.query("epoch"));
    }),
    (c) => c.json({ message: "Connect to a session by WebSocket." }, 426),
  );
  return routes;
}

function refusal(c: Context, error: Denied): Response {
  return c.json({ message: error.message }, error.status);
}
