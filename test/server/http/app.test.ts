import { mkdir, mkdtemp, open, readFile, symlink, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { runningPart } from "../../../server/command/running-part.ts";
import type { LoggedEvent } from "../../../server/events.ts";
import { type Listening, listen } from "../../../server/http/listen.ts";
import type { ClientMessage } from "../../../server/protocol.ts";
import { stateOf } from "../../../server/state/parts.ts";
import { reduce } from "../../../server/state/reducer.ts";
import type { ServerMessage } from "../../../server/state/server-message.ts";
import type { SessionState } from "../../../server/state/state.ts";
import { cellState } from "../../../server/state/state.ts";
import { Workspace } from "../../../server/workspace.ts";
import { until } from "../until.ts";

const TOKEN = "the-token";
const NOTEBOOK =
  "// %% [markdown]\n// # Small\n//\n// It counts.\n\n// %% a\nconst a = 1;\n\n// %% b\nconsole.log(a);\na + 1\n";

let folder: string;
let workspace: Workspace;
let server: Listening;

beforeAll(async () => {
  const root = await mkdtemp(join(tmpdir(), "app-"));
  folder = join(root, "work");
  await mkdir(join(folder, "deep"), { recursive: true });
  await writeFile(join(folder, "small.ts"), NOTEBOOK);
  await writeFile(join(folder, "deep", "other.ts"), NOTEBOOK);
  await writeFile(join(folder, "plain.ts"), "export {};\n");
  await writeFile(join(root, "secret.ts"), NOTEBOOK);
  await symlink(join(root, "secret.ts"), join(folder, "link.ts"));
  workspace = await Workspace.at(folder, { backend: "cpu" });
  const assets = new Map([["main.js", { body: new Uint8Array([49]), type: "text/javascript", etag: '"one"' }]]);
  server = await listen(
    { workspace, assets, secrets: { token: TOKEN, cookie: "secret-of-cookies" }, running: runningPart },
    [0],
  );
});

afterAll(async () => {
  await server.close();
  await workspace.close();
});

type Answer = { status: number; headers: Record<string, string | string[] | undefined>; body: string };

/** Uses node:http, which can send any Host. */
function ask(
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  const headers = { authorization: `Bearer ${TOKEN}`, ...options.headers };
  return new Promise((resolve, reject) => {
    const asking = request(
      { host: "127.0.0.1", port: server.port, path, method: options.method ?? "GET", headers },
      (response) => {
        let body = "";
        response.setEncoding("utf8").on("data", (chunk) => {
          body += chunk;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
      },
    );
    asking.on("error", reject);
    asking.end(options.body);
  });
}

function post(body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  return ask("/api/notebooks", {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json", ...headers },
  });
}

/** A page's connection, with all that it received. */
class Page {
  readonly messages: ServerMessage[] = [];
  readonly events: LoggedEvent[] = [];
  readonly socket: WebSocket;

  constructor(query: string, headers: Record<string, string> = {}) {
    this.socket = new WebSocket(`ws://127.0.0.1:${server.port}/api/session?${query}`, {
      headers: { authorization: `Bearer ${TOKEN}`, ...headers },
    });
    this.socket.on("message", (data) => {
      const message: ServerMessage = JSON.parse(String(data));
      this.messages.push(message);
      if (message.type === "events") this.events.push(...message.events);
    });
  }

  send(message: ClientMessage): void {
    this.socket.send(JSON.stringify(message));
  }

  get state(): SessionState {
    const parts = this.messages.flatMap((each) => (each.type === "state" ? [each.part] : []));
    return this.events.reduce(reduce, stateOf(parts));
  }

  async answered(id: number): Promise<ServerMessage> {
    const find = (): ServerMessage | undefined =>
      this.messages.find((each) => (each.type === "done" || each.type === "refused") && each.id === id);
    await until(() => find() !== undefined);
    return find() ?? { type: "refused", id, message: "" };
  }

  /** The HTTP status that refused the upgrade. */
  refusedWith(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.socket.on("unexpected-response", (_, response) => resolve(response.statusCode ?? 0));
      this.socket.on("open", () => reject(new Error("opened")));
      this.socket.on("error", () => undefined);
    });
  }
}

describe("uploaded files", () => {
  const upload = (query: string, body: string): Promise<Answer> => ask(`/api/files?${query}`, { method: "POST", body });

  it("are stored in the workspace and named relative to the notebook", async () => {
    const answer = await upload("notebook=deep/other.ts&name=pairs%20one.tsv", "hello\tsalo\n");
    expect(answer.status).toBe(201);
    const { path } = JSON.parse(answer.body);
    expect(path).toMatch(/^\.\.\/\.palimpsest\/files\/[0-9a-f]{16}\/pairs one\.tsv$/);
    expect(await readFile(join(folder, "deep", path), "utf8")).toBe("hello\tsalo\n");
    expect(JSON.parse((await upload("notebook=deep/other.ts&name=pairs%20one.tsv", "hello\tsalo\n")).body)).toEqual({
      path,
    });
  });

  it("cannot choose their folder", async () => {
    const { path } = JSON.parse((await upload("notebook=small.ts&name=..%2F..%2Fescaped.tsv", "x")).body);
    expect(path).toMatch(/^\.palimpsest\/files\/[0-9a-f]{16}\/escaped\.tsv$/);
    expect((await upload("notebook=small.ts&name=..", "x")).status).toBe(400);
    expect((await upload("notebook=missing.ts&name=a.tsv", "x")).status).toBe(404);
  });
});

describe("the guard", () => {
  it("refuses before routing: without a token nobody learns which pages exist", async () => {
    for (const path of ["/", "/api/notebooks", "/assets/main.js", "/nothing", "/notebook/small.ts"]) {
      expect((await ask(path, { headers: { authorization: "" } })).status).toBe(401);
      expect((await ask(path, { headers: { host: "evil.example" } })).status).toBe(403);
    }
    expect((await post({ path: "x" }, { origin: "http://evil.example" })).status).toBe(403);
  });

  it("refuses sockets in the same way, over HTTP", async () => {
    const query = "notebook=small.ts";
    expect(await new Page(query, { authorization: "Bearer wrong" }).refusedWith()).toBe(401);
    expect(await new Page(query, { origin: "http://evil.example" }).refusedWith()).toBe(403);
    expect(await new Page(query, { host: "evil.example" }).refusedWith()).toBe(403);
    expect(await new Page("notebook=missing.ts").refusedWith()).toBe(404);
    expect(await new Page("notebook=../secret.ts").refusedWith()).toBe(403);
  });

  it("moves the token from the address into a cookie that opens the page", async () => {
    const first = await ask(`/?token=${TOKEN}`, { headers: { authorization: "" } });
    expect(first).toMatchObject({ status: 303, headers: { location: "/" } });
    const cookie = String(first.headers["set-cookie"]).split(";")[0] ?? "";
    const page = await ask("/", { headers: { authorization: "", cookie } });
    expect(page.status).toBe(200);
    expect(page.headers["content-security-policy"]).toMatch(/default-src 'none'; script-src 'self';/);
    expect(page.headers["x-content-type-options"]).toBe("nosniff");
    expect(page.headers["access-control-allow-origin"]).toBeUndefined();
    expect(page.body).not.toContain(TOKEN);
  });

  it("answers 304 for an asset that the browser has", async () => {
    expect(await ask("/assets/main.js")).toMatchObject({ status: 200, body: "1" });
    expect((await ask("/assets/main.js", { headers: { "if-none-match": '"one"' } })).status).toBe(304);
    expect((await ask("/assets/..%2fguard.ts")).status).toBe(404);
  });
});

describe("notebooks", () => {
  it("are listed with title and summary; other files and links out of the workspace are not", async () => {
    const { notebooks } = JSON.parse((await ask("/api/notebooks")).body);
    expect(notebooks.map((each: { path: string }) => each.path)).toEqual(["deep/other.ts", "small.ts"]);
    expect(notebooks[1]).toMatchObject({ title: "Small", summary: "It counts.", cells: 3, running: false });
  });

  it("are created and duplicated, and never overwrite another", async () => {
    expect(await post({ path: "made" })).toMatchObject({ status: 201, body: '{"path":"made.ts"}' });
    expect(await readFile(join(folder, "made.ts"), "utf8")).toContain("// # made");
    expect((await post({ path: "made.ts" })).status).toBe(409);
    expect((await post({ path: "deep/copy", from: "small.ts" })).status).toBe(201);
    expect(await readFile(join(folder, "deep", "copy.ts"), "utf8")).toBe(NOTEBOOK);
  });

  it.each([
    ["../out.ts", 403],
    ["/etc/out.ts", 400],
    ["deep/../../out.ts", 403],
    [".palimpsest/out.ts", 403],
    ["", 400],
    ["a\0b", 400],
    ["deep/.hidden", 400],
  ])("cannot be created at %j", async (path, status) => {
    expect((await post({ path })).status).toBe(status);
  });

  it("cannot be copied from outside, nor by an invalid request", async () => {
    expect((await post({ path: "stolen", from: "../secret.ts" })).status).toBe(403);
    expect((await post({ path: "stolen", from: "link.ts" })).status).toBe(403);
    expect((await post({ from: 3 })).status).toBe(400);
    expect((await post({ path: "stolen", from: 3 })).body).toContain('\\"from\\" must be a string');
    expect((await post("x")).status).toBe(400);
  });
});

describe("a session that cannot be opened", () => {
  it("tells the page why, without the path, and opens when the cause is gone", async () => {
    const handle = await open(join(folder, "small.ts"));
    const error = Object.assign(new Error(`EMFILE: too many open files, '${folder}'`), { code: "EMFILE" });
    const failing = vi.spyOn(Object.getPrototypeOf(handle), "stat").mockRejectedValue(error);
    await handle.close();
    expect(await new Page("notebook=deep/other.ts").refusedWith()).toBe(503);
    const reason = await ask("/api/session?notebook=deep/other.ts");
    expect(reason).toMatchObject({ status: 503, body: expect.stringContaining("Too many files are open") });
    expect(reason.body).not.toContain(folder);
    failing.mockRestore();
    const page = new Page("notebook=deep/other.ts");
    await until(() => page.messages.some((each) => each.type === "caught-up"));
    expect((await ask("/api/session?notebook=deep/other.ts")).status).toBe(426);
    page.socket.terminate();
  });

  it("is not opened by plain HTTP", async () => {
    expect((await ask("/api/session?notebook=deep/copy.ts")).status).toBe(426);
    const { notebooks } = JSON.parse((await ask("/api/notebooks")).body);
    expect(notebooks.find((each: { path: string }) => each.path === "deep/copy.ts")).toMatchObject({ open: false });
  });
});

describe("a session", () => {
  it("sends every page the same events; a page that reconnects gets exactly what it missed", async () => {
    const page = new Page("notebook=small.ts");
    await until(() => page.messages.some((each) => each.type === "caught-up"));
    const welcome = page.messages[0];
    expect(welcome).toMatchObject({ type: "welcome", path: "small.ts" });
    const first = page.state;
    page.send({ id: 1, request: { type: "run", cells: "all" } });
    expect(await page.answered(1)).toEqual({ type: "done", id: 1 });
    await until(() => page.state.kernel.status === "ready");
    page.socket.terminate();
    const had = page.state.seq;

    const epoch = welcome?.type === "welcome" ? welcome.epoch : "";
    const back = new Page(`notebook=small.ts&since=${had}&epoch=${epoch}`);
    await until(() => cellState([...page.events, ...back.events].reduce(reduce, first), "b")?.status === "done");
    const seqs = [...page.events, ...back.events].map((logged) => logged.seq);
    expect(seqs).toEqual(seqs.map((_, index) => first.seq + index + 1));

    const late = new Page(`notebook=small.ts&since=${had}&epoch=another`);
    await until(() => late.messages.some((each) => each.type === "caught-up"));
    expect(late.messages[1]).toMatchObject({ type: "state", part: { part: "session" } });
    const session = await workspace.session("small.ts");
    expect(late.state).toEqual({ ...session.state, changed: "any" });
    expect(cellState(late.state, "b")?.console).toEqual([{ level: "log", text: expect.stringContaining("1") }]);
    back.socket.terminate();
    late.socket.terminate();
  });

  it("explains why it refuses a request, and disconnects after an invalid message", async () => {
    const page = new Page("notebook=small.ts");
    await until(() => page.messages.some((each) => each.type === "caught-up"));
    page.send({ id: 7, request: { type: "remove", cell: "nowhere" } });
    expect(await page.answered(7)).toMatchObject({ type: "refused", message: expect.stringContaining("nowhere") });
    page.socket.send('{"id":8,"request":{"type":"edit","cell":3}}');
    expect(await page.answered(8)).toMatchObject({
      type: "refused",
      message: 'Invalid request "edit": "cell" must be a string.',
    });
    await until(() => page.socket.readyState === WebSocket.CLOSED);
  });
});
