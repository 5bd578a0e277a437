/**
 * A scripted server for tests: it serves the real page with the real content security policy, has a log of events like the
 * real server, and records what the page requests. By itself it only answers requests that change the notebook.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import type { LoggedEvent, SessionEvent } from "../../server/events.ts";
import { type Asset, shell } from "../../server/http/assets.ts";
import type { ClientMessage, NotebookListing, Request } from "../../server/protocol.ts";
import type { ServerMessage } from "../../server/state/server-message.ts";

export class FakeServer {
  readonly requests: Request[] = [];
  /** The parameter `since` of every connection. */
  readonly since: number[] = [];
  /** Why a request is refused; undefined carries it out. */
  refusal: (request: Request) => string | undefined = () => undefined;
  listing: NotebookListing = { workspace: "/home/ada/experiments", notebooks: [] };
  posted: unknown[] = [];
  /** The message when the notebook does not exist. */
  missing: string | undefined;
  /** The status of that answer. */
  missingStatus = 404;
  /** What it waits for before it says that a request is done. */
  answering: Promise<void> = Promise.resolve();
  readonly #assets: ReadonlyMap<string, Asset>;
  readonly #http: Server;
  readonly #sockets = new Set<WebSocket>();
  #log: LoggedEvent[] = [];
  #epoch = "first";
  #stopped = false;

  constructor(assets: ReadonlyMap<string, Asset>) {
    this.#assets = assets;
    this.#http = createServer((request, response) => this.#answer(request, response));
    const sockets = new WebSocketServer({ noServer: true });
    this.#http.on("upgrade", (request, socket, head) => {
      if (this.#stopped || this.missing) return socket.destroy();
      sockets.handleUpgrade(request, socket, head, (opened) => this.#connect(opened, request));
    });
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#http.listen(0, "127.0.0.1", resolve));
  }

  async close(): Promise<void> {
    this.drop();
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  push(...events: SessionEvent[]): void {
    const logged = events.map((event, i) => ({ seq: this.#log.length + 1 + i, time: Date.now(), event }));
    this.#log.push(...logged);
    this.#broadcast({ type: "events", events: logged });
  }

  /** Closes all connections and refuses new ones. */
  stop(): void {
    this.#stopped = true;
    this.drop();
  }

  resume(): void {
    this.#stopped = false;
  }

  /** Closes all connections; pages may connect again. */
  drop(): void {
    for (const socket of this.#sockets) socket.terminate();
  }

  /** Starts a new log, like a server that condenses its log when it starts. */
  startNewLog(...events: SessionEvent[]): void {
    this.#epoch = `after ${this.#epoch}`;
    this.#log = events.map((event, i) => ({ seq: i + 1, time: Date.now(), event }));
    this.drop();
  }

  /** Back to the state of a new server, for the next test. */
  reset(): void {
    this.startNewLog();
    this.#stopped = false;
    this.#log = [];
    this.requests.length = 0;
    this.since.length = 0;
    this.posted = [];
    this.refusal = () => undefined;
    this.answering = Promise.resolve();
    this.missing = undefined;
    this.missingStatus = 404;
    this.listing = { workspace: "/home/ada/experiments", notebooks: [] };
  }

  #connect(socket: WebSocket, request: IncomingMessage): void {
    const asked = new URL(request.url ?? "/", this.origin).searchParams;
    const since = asked.get("epoch") === this.#epoch ? Number(asked.get("since")) : 0;
    this.since.push(since);
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("message", (data) => this.#onMessage(socket, JSON.parse(String(data)) as ClientMessage));
    send(socket, { type: "welcome", epoch: this.#epoch, path: asked.get("notebook") ?? "" });
    send(socket, { type: "events", events: this.#log.slice(since) });
    send(socket, { type: "caught-up", seq: this.#log.length });
  }

  #onMessage(socket: WebSocket, { id, request }: ClientMessage): void {
    this.requests.push(request);
    const message = this.refusal(request);
    if (message !== undefined) {
      send(socket, { type: "refused", id, message });
      return;
    }
    if (request.type === "edit") {
      this.push({ type: "cell-edited", cell: request.cell, source: request.source, by: request.by });
    }
    if (request.type === "input") {
      this.push({ type: "input-set", cell: request.cell, name: request.name, value: request.value });
    }
    if (request.type === "remove") this.push({ type: "cell-removed", cell: request.cell });
    if (request.type === "put-back") this.push({ type: "cell-inserted", cell: request.cell, after: request.after });
    if (request.type === "insert") {
      const { kind, source = "", after } = request;
      this.push({ type: "cell-inserted", after, cell: { id: "new-cell", kind, source, mode: "auto", options: {} } });
    }
    void this.answering.then(() => send(socket, { type: "done", id }));
  }

  #broadcast(message: ServerMessage): void {
    for (const socket of this.#sockets) send(socket, message);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = new URL(request.url ?? "/", this.origin).pathname;
    response.setHeader(
      "content-security-policy",
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
        `font-src 'self'; connect-src 'self' ws://${request.headers.host}; frame-src 'self'; base-uri 'none'; form-action 'none'`,
    );
    const asset = this.#assets.get(path.replace("/assets/", ""));
    if (asset) {
      response.setHeader("content-type", asset.type);
      response.setHeader("cache-control", "max-age=3600");
      response.end(asset.body);
    } else if (path === "/api/session" && this.missing) {
      response
        .writeHead(this.missingStatus, { "content-type": "application/json" })
        .end(JSON.stringify({ message: this.missing }));
    } else if (path === "/api/notebooks") {
      response.setHeader("content-type", "application/json");
      if (request.method !== "POST") return void response.end(JSON.stringify(this.listing));
      request.setEncoding("utf8");
      let body = "";
      request.on("data", (part: string) => {
        body += part;
      });
      request.on("end", () => {
        const notebook = JSON.parse(body) as { path: string };
        this.posted.push(notebook);
        const taken = this.listing.notebooks.some((each) => each.path === notebook.path);
        response.statusCode = taken ? 409 : 201;
        response.end(JSON.stringify(taken ? { message: `${notebook.path} already exists.` } : { path: notebook.path }));
      });
    } else {
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.end(shell(this.#assets));
    }
  }
}

function send(socket: WebSocket, message: ServerMessage): void {
  socket.send(JSON.stringify(message));
}
