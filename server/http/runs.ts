/** The routes of the runs of a workspace; `server/runs/api.ts` lists them. */
import { upgradeWebSocket } from "@hono/node-server";
import { Hono, type MiddlewareHandler } from "hono";
import type { Registry } from "../registry/registry.ts";
import { MOST_COMPARED, MOST_TABLES } from "../runs/api.ts";
import { checked } from "../session/schema/fault.ts";
import { Denied } from "../workspace.ts";
import { jsonBody } from "./json-body.ts";
import { exportOrder, markOrder, pruneRule, queryOrder, runKeys } from "./runs-wire.ts";

/** A stream of bytes that is read as fast as the other side takes it. */
function bytesOf(pieces: AsyncIterable<string | Uint8Array>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const iterator = pieces[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      for (;;) {
        const { done, value } = await iterator.next();
        if (done) return controller.close();
        // An empty piece would not ask for the next one.
        if (value.length > 0) return controller.enqueue(typeof value === "string" ? encoder.encode(value) : value);
      }
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}

/** More points than a chart has pixels. */
const COMPARED_ROWS = 3000;

export function runRoutes(registry: Registry, limitBody: MiddlewareHandler): Hono {
  const routes = new Hono();
  routes.post("*", limitBody);
  routes.get("/", async (c) => {
    const [keys, experiments] = [c.req.queries("run"), c.req.queries("seeds")];
    return c.json(await (keys || experiments ? registry.some(keys ?? [], experiments) : registry.list()));
  });

  routes.get(
    "/changes",
    upgradeWebSocket((c) => {
      let since = Number(c.req.query("since") ?? -1);
      const epoch = c.req.query("epoch");
      let leave: (() => void) | undefined;
      return {
        onOpen: (_, socket) => {
          const send = (known?: string): void => {
            const delta = registry.deltaSince(since, known);
            since = delta.version;
            socket.send(JSON.stringify(delta));
          };
          // The page may have an older version.
          send(epoch);
          const { epoch: own } = registry.deltaSince(since, epoch);
          leave = registry.watch(() => send(own));
        },
        onClose: () => leave?.(),
        onError: () => leave?.(),
      };
    }),
  );

  routes.post("/marks", async (c) => {
    const { run, ...marked } = await jsonBody(c, markOrder, "note about a run");
    await registry.mark(run, marked);
    return c.json({});
  });
  routes.post("/delete", async (c) => {
    await registry.delete((await jsonBody(c, runKeys, "deletion")).runs);
    return c.json({});
  });
  routes.post("/restore", async (c) => {
    await registry.restore((await jsonBody(c, runKeys, "undo")).runs);
    return c.json({});
  });
  routes.post("/prune", async (c) => c.json(await registry.prune(await jsonBody(c, pruneRule, "pruning rule"))));

  routes.post("/query", async (c) => c.json(await registry.query((await jsonBody(c, queryOrder, "query")).sql)));

  routes.get("/tables", async (c) => {
    const keys = c.req.queries("run") ?? [];
    if (keys.length > MOST_TABLES) throw new Denied(400, `At most ${MOST_TABLES} runs can be read at once.`);
    return c.json(await registry.tables(keys, COMPARED_ROWS));
  });
  routes.get("/answers", async (c) => {
    const keys = c.req.queries("run") ?? [];
    if (keys.length > MOST_COMPARED) throw new Denied(400, `At most ${MOST_COMPARED} runs can be read at once.`);
    return c.json(await registry.answers(keys));
  });
  routes.get("/export", async (c) => {
    const read = checked(exportOrder, { format: c.req.query("format"), table: c.req.query("table") ?? "rows" });
    if ("fault" in read) throw new Denied(400, `Invalid export: ${read.fault}.`);
    const { name, type, data } = await registry.export(c.req.queries("run") ?? [], read.value);
    const headers = { "content-type": type, "content-disposition": `attachment; filename="${name}"` };
    return c.body(bytesOf(data), 200, headers);
  });
  return routes;
}
