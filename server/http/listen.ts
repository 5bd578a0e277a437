/** Serves the workbench at a port of 127.0.0.1, which other machines cannot reach. */
import type { Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import { WebSocketServer } from "ws";
import { MESSAGE_BYTES } from "../protocol.ts";
import { type AppParts, app } from "./app.ts";

export class PortTaken extends Error {}

export type Listening = { readonly port: number; close(): Promise<void> };

/** Listens on the first free port of the list; 0 stands for any free port. @throws PortTaken if none is free */
export async function listen(parts: Omit<AppParts, "port">, ports: readonly number[]): Promise<Listening> {
  let port = 0;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_BYTES });
  const routes = app({ ...parts, port: () => port });
  const server = createAdaptorServer({ fetch: routes.fetch, websocket: { server: sockets } }) as Server;
  for (const candidate of ports) {
    const bound = await bind(server, candidate);
    if (bound === undefined) continue;
    port = bound;
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
  const taken = ports.length === 1 ? `Port ${ports[0]} is` : `Ports ${ports[0]} to ${ports.at(-1)} are`;
  throw new PortTaken(`${taken} in use.`);
}

/** @returns the port, or undefined if it is taken */
function bind(server: Server, port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      if (error.code === "EADDRINUSE") resolve(undefined);
      else if (error.code === "EACCES") reject(new PortTaken(`This user has no permission to use port ${port}.`));
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
