/** The routes of the workbench: the page and its assets, the list of notebooks and their kernels, and one socket per open notebook. */
import { createHash } from "node:crypto";
import { upgradeWebSocket } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { RunningPart } from "../share/page.ts";
import { Denied, type Workspace } from "../workspace.ts";
import { type Asset, shell } from "./assets.ts";
import { failure } from "./failures.ts";
import { guard, type Secrets } from "./guard.ts";
import { recordRoutes } from "./records.ts";
import { runRoutes } from "./runs.ts";
import { shareRoutes } from "./share.ts";
import { sessionSocket } from "./socket.ts";
import { sweepRoutes } from "./sweeps.ts";
import { readEndOrder, readNewNotebook } from "./wire.ts";

export type AppParts = {
  readonly workspace: Workspace;
  readonly assets: ReadonlyMap<string, Asset>;
  readonly secrets: Secrets;
  /** The port that the server listens on; known when it listens. */
  readonly port: () => number;
  /** Makes what a page carries to run the notebook of a record. */
  readonly running: RunningPart;
};

const BODY_BYTES = 64 * 1024;
/** Larger files need not be uploaded: a notebook can read them by their path. */
const FILE_BYTES = 256e6;
const limited = (maxSize: number, message: string) =>
  bodyLimit({ maxSize, onError: (c) => c.json({ message }, 413, { connection: "close" }) });
const smallBody = limited(BODY_BYTES, "This request is too long: at most 64 kB are possible.");
/** A list of some ten thousand runs. */
const longBody = limited(2e6, "This request is too long: at most 2 MB are possible.");
const fileBody = limited(
  FILE_BYTES,
  "Files above 256 MB are too large to upload. Copy the file into the workspace and give its path.",
);
const archiveBody = limited(
  FILE_BYTES,
  "Archives above 256 MB are too large to upload. Open it in a terminal: palimpsest start <file.zip>.",
);

export function app({ workspace, assets, secrets, port, running }: AppParts): Hono {
  const routes = new Hono();
  routes.use("*", guard(port, secrets));
  routes.onError(failure);
  routes.notFound((c) => c.json({ message: "There is nothing at this address. Open the start page at /." }, 404));

  const page = shell(assets, createHash("sha256").update(workspace.folder).digest("hex").slice(0, 16));
  const servePage = (c: Context): Response => c.html(page, 200, { "cache-control": "no-cache" });
  routes.get("/", servePage);
  routes.get("/runs", servePage);
  routes.get("/runs/compare", servePage);
  routes.get("/records", servePage);
  routes.get("/records/one", servePage);
  routes.get("/sweeps", servePage);
  for (const [place, what] of [
    ["notebook", "notebook"],
    ["sweeps", "sweep"],
  ] as const)
    routes.get(`/${place}/*`, (c) => {
      if (isDecodable(new URL(c.req.url).pathname)) return servePage(c);
      return c.text(`The address of this ${what} is damaged. Open the ${what} on the start page at /.\n`, 400);
    });

  routes.get("/assets/:name", (c) => {
    const asset = assets.get(c.req.param("name"));
    if (!asset) return c.notFound();
    const headers = { etag: asset.etag, "cache-control": "no-cache", "content-type": asset.type };
    return c.req.header("if-none-match") === asset.etag ? c.body(null, 304, headers) : c.body(asset.body, 200, headers);
  });

  routes.route("/api/runs", runRoutes(workspace.runs, longBody));
  routes.route("/api/records", recordRoutes(workspace, { small: smallBody, file: archiveBody }));
  routes.route("/api/sweeps", sweepRoutes(workspace.sweeps, longBody));
  routes.route("/api/share", shareRoutes(workspace, smallBody, running));
  routes.get("/api/notebooks", async (c) => c.json(await workspace.listing()));
  routes.post("/api/notebooks", smallBody, async (c) => {
    const asked = readNewNotebook(await c.req.json().catch(() => undefined));
    if (typeof asked === "string") {
      throw new Denied(
        400,
        `Invalid request for a new notebook: ${asked}. Send {"path": "name.ts"}; add "from" to copy a notebook.`,
      );
    }
    return c.json({ path: await workspace.create(asked.path, asked.from) }, 201);
  });
  routes.post("/api/kernels", smallBody, async (c) => {
    const order = readEndOrder(await c.req.json().catch(() => undefined));
    if (typeof order === "string") throw new Denied(400, `Invalid order to end a kernel: ${order}.`);
    await workspace.end(order);
    return c.json({});
  });

  routes.post("/api/files", fileBody, async (c) => {
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
      const notebook = c.req.query("notebook") ?? "";
      if (c.req.header("upgrade")?.toLowerCase() !== "websocket") {
        // A browser does not tell a page why its socket was refused. It learns the reason here, and nothing is opened.
        await workspace.requireOpenable(notebook);
        return c.json({ message: "Connect to a session by WebSocket." }, 426);
      }
      // Open the session before the upgrade, so that a missing notebook is answered over HTTP.
      await workspace.session(notebook);
      return next();
    },
    upgradeWebSocket(async (c) => {
      const notebook = await workspace.opened(c.req.query("notebook") ?? "");
      const events = sessionSocket(notebook.session, Number(c.req.query("since") ?? 0), c.req.query("epoch"));
      let leave: (() => void) | undefined;
      return {
        ...events,
        onOpen: (event, socket) => {
          leave = notebook.pageEntered();
          events.onOpen?.(event, socket);
        },
        onClose: (event, socket) => {
          leave?.();
          events.onClose?.(event, socket);
        },
      };
    }),
  );
  return routes;
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}
