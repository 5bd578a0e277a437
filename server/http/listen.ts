/** Puts the workbench on a port of this machine's own address; nobody outside can reach it. */
import type { Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import { WebSocketServer } from "ws";
import { type AppParts, app } from "./app.ts";

/** Bytes of one message of a page: a cell's source at most. */
const MESSAGE_BYTES = 8 * 1024 * 1024;

export class PortTaken extends Error {}

export type Listening = { readonly port: number; close(): Promise<void> };

/** Listens on the first of the ports that is free; 0 is any. @throws PortTaken when none is. */
export async function listen(parts: Omit<AppParts, "port">, ports: readonly number[]): Promise<Listening> {
  let port = 0;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_BYTES });
  const routes = app({ ...parts, port: () => port });
  const server = createAdaptorServer({ fetch: routes.fetch, websocket: { server: sockets } }) as Server;
  for (const wish of ports) {
    const got = await bound(server, wish);
    if (got === undefined) continue;
    port = got;
    return {
      port,
      close: () =>
        new Promise((resolve) => {
          for (const socket of sockets.clients) socket.terminate();
          server.close(() => resolve());
          server.closeAllConnections();
        }),
    };
  }
  const named = ports.length === 1 ? `Port ${ports[0]} is` : `Ports ${ports[0]} to ${ports.at(-1)} are`;
  throw new PortTaken(`${named} in use.`);
}

/** @returns the port, undefined when it is taken. */
function bound(server: Server, port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      if (error.code === "EADDRINUSE") resolve(undefined);
      else if (error.code === "EACCES") reject(new PortTaken(`Port ${port} may not be used by you.`));
      else reject(error);
    };
    server.once("error", failed);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", failed);
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : port);
    });
  });
}
