/** A workbench under attack: a served workspace beside a secret, and raw requests that a browser would not send. */
import { mkdir, mkdtemp, readdir, readFile, realpath, symlink, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocket } from "ws";
import { runningPart } from "../../server/command/running-part.ts";
import { cookieValue } from "../../server/http/guard.ts";
import { type Listening, listen } from "../../server/http/listen.ts";
import { Workspace } from "../../server/workspace.ts";

export const TOKEN = "the-token-of-the-address";
export const NOTEBOOK = "// %% a\nconst a = 1;\n";
const SECRET = "// %% secret\nconst secret = 42;\n";

export type Sent = {
  readonly method?: string;
  readonly path?: string;
  /** Undefined removes a header that is sent by default. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
};
export type Answer = {
  readonly status: number;
  readonly body: string;
  readonly headers: NodeJS.Dict<string | string[]>;
};

export class Served {
  readonly root: string;
  readonly workspace: Workspace;
  readonly #server: Listening;

  private constructor(root: string, workspace: Workspace, server: Listening) {
    this.root = root;
    this.workspace = workspace;
    this.#server = server;
  }

  static async start(): Promise<Served> {
    const root = await realpath(await mkdtemp(join(tmpdir(), "attacked-")));
    await mkdir(join(root, "work", "deep"), { recursive: true });
    await writeFile(join(root, "secret.ts"), SECRET);
    await writeFile(join(root, "work", "n.ts"), NOTEBOOK);
    await writeFile(join(root, "work", "note.txt"), "text\n");
    await symlink(join(root, "secret.ts"), join(root, "work", "link.ts"));
    await symlink(root, join(root, "work", "up"));
    await symlink(join(root, "nowhere.ts"), join(root, "work", "dangling.ts"));
    await symlink("loop.ts", join(root, "work", "loop.ts"));
    const workspace = await Workspace.at(join(root, "work"), { backend: "cpu" });
    const assets = new Map([["main.js", { body: new Uint8Array([49]), type: "text/javascript", etag: '"one"' }]]);
    const server = await listen(
      { workspace, assets, secrets: { token: TOKEN, cookie: "secret" }, running: runningPart },
      [0],
    );
    return new Served(root, workspace, server);
  }

  async close(): Promise<void> {
    await this.#server.close();
    await this.workspace.close();
  }

  get port(): number {
    return this.#server.port;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get cookie(): string {
    return `palimpsest-${this.port}=${cookieValue("secret", this.port)}`;
  }

  /** Sends what the page would send, with the changes of an attack. */
  ask({ method = "GET", path = "/api/notebooks", headers = {}, body }: Sent = {}): Promise<Answer> {
    const page = { cookie: this.cookie, ...(method !== "GET" && { origin: this.origin }) };
    const all = Object.entries({ ...page, ...headers }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    );
    return new Promise((resolve, reject) => {
      const asking = request(
        { host: "127.0.0.1", port: this.port, path, method, headers: Object.fromEntries(all) },
        (response) => {
          let text = "";
          response.setEncoding("utf8").on("data", (part: string) => {
            text += part;
          });
          response.on("end", () =>
            resolve({ status: response.statusCode ?? 0, body: text, headers: response.headers }),
          );
        },
      );
      asking.on("error", reject);
      asking.end(body);
    });
  }

  socket(headers: Readonly<Record<string, string>> = {}, query = "notebook=n.ts"): WebSocket {
    const all = { cookie: this.cookie, origin: this.origin, ...headers };
    return new WebSocket(`ws://127.0.0.1:${this.port}/api/session?${query}`, { headers: all });
  }

  /** A bare connection, on which anything can be written. */
  raw(): Socket {
    return connect(this.port, "127.0.0.1").on("error", () => undefined);
  }

  /** What lies outside of the workspace, and the notebook: no attack changes them. */
  async untouched(): Promise<unknown> {
    return {
      outside: (await readdir(this.root)).sort(),
      secret: await readFile(join(this.root, "secret.ts"), "utf8"),
      notebook: await readFile(join(this.root, "work", "n.ts"), "utf8"),
    };
  }
}

/** What `untouched` gives while nothing was changed. */
export const UNTOUCHED = { outside: ["secret.ts", "work"], secret: SECRET, notebook: NOTEBOOK };
