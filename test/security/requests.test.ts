/** Attacks by HTTP on a workbench that runs. Each is refused with a clear answer, and changes nothing. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { until } from "../server/until.ts";
import { type Sent, Served, TOKEN, UNTOUCHED } from "./served.ts";

let served: Served;
beforeAll(async () => {
  served = await Served.start();
});
afterAll(() => served.close());

type Attack = readonly [name: string, sent: (served: Served) => Sent, status: number];
const host =
  (value: string | undefined): ((served: Served) => Sent) =>
  () => ({ headers: { host: value } });
const post = (headers: Sent["headers"], body: unknown = { path: "made-by-attack" }): Sent => ({
  method: "POST",
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(body),
});
const from = (origin: string | undefined) => () => post({ origin });
const made = (path: unknown) => () => post({}, { path });
const opened = (notebook: string) => () => ({ path: `/api/session?notebook=${notebook}` });
const at = (path: string) => () => ({ path });
const cookie =
  (value: string | undefined): ((served: Served) => Sent) =>
  () => ({ headers: { cookie: value } });

const attacks: readonly Attack[] = [
  // A domain name of an attacker that points to this machine.
  ["Host of another site", host("evil.example"), 403],
  ["Host of another site with the port", (s) => ({ headers: { host: `evil.example:${s.port}` } }), 403],
  ["Host that begins like ours", (s) => ({ headers: { host: `127.0.0.1.evil.example:${s.port}` } }), 403],
  ["Host that ends like ours", (s) => ({ headers: { host: `evil.localhost:${s.port}` } }), 403],
  ["Host with a final dot", (s) => ({ headers: { host: `localhost.:${s.port}` } }), 403],
  ["Host without the port", host("127.0.0.1"), 403],
  ["Host with another port", (s) => ({ headers: { host: `127.0.0.1:${s.port + 1}` } }), 403],
  ["Host 0.0.0.0", (s) => ({ headers: { host: `0.0.0.0:${s.port}` } }), 403],
  ["Host as a decimal number", (s) => ({ headers: { host: `2130706433:${s.port}` } }), 403],
  ["Host as an octal number", (s) => ({ headers: { host: `0177.0.0.1:${s.port}` } }), 403],
  ["Host of the whole loopback net", (s) => ({ headers: { host: `127.0.0.2:${s.port}` } }), 403],
  [
    "foreign Host and Origin that agree",
    (s) => {
      const name = `evil.example:${s.port}`;
      return post({ host: name, origin: `http://${name}` });
    },
    403,
  ],
  // A page of another site that sends a form or a fetch.
  ["Origin of another site", from("http://evil.example"), 403],
  ["Origin null of a sandboxed frame", from("null"), 403],
  ["empty Origin", from(""), 403],
  ["no Origin with a cookie", from(undefined), 403],
  ["Origin with https", (s) => post({ origin: `https://127.0.0.1:${s.port}` }), 403],
  ["Origin of another port", (s) => post({ origin: `http://127.0.0.1:${s.port + 1}` }), 403],
  ["Origin that begins like ours", (s) => post({ origin: `${s.origin}.evil.example` }), 403],
  ["Origin with a path", (s) => post({ origin: `${s.origin}/` }), 403],
  ["two Origins", (s) => post({ origin: `${s.origin}, http://evil.example` }), 403],
  ["a form of another site, by the browser's word", () => post({ "sec-fetch-site": "cross-site" }), 403],
  [
    "a fetch of another port of this machine, by the browser's word",
    () => ({ headers: { "sec-fetch-site": "same-site" } }),
    403,
  ],
  [
    "an image of another site",
    () => ({ path: "/assets/main.js", headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" } }),
    403,
  ],
  ["DELETE from another site", () => ({ method: "DELETE", headers: { origin: "http://evil.example" } }), 403],
  ["OPTIONS from another site", () => ({ method: "OPTIONS", headers: { origin: "http://evil.example" } }), 403],
  // Guessing and confusing the secrets.
  ["no cookie", cookie(undefined), 401],
  ["empty cookie", (s) => ({ headers: { cookie: `palimpsest-${s.port}=` } }), 401],
  ["the token as cookie", (s) => ({ headers: { cookie: `palimpsest-${s.port}=${TOKEN}` } }), 401],
  ["the cookie of another port", (s) => ({ headers: { cookie: s.cookie.replace(/-\d+/, "-1") } }), 401],
  ["the cookie under a longer name", (s) => ({ headers: { cookie: `x${s.cookie}` } }), 401],
  ["the cookie, shortened", (s) => ({ headers: { cookie: s.cookie.slice(0, -1) } }), 401],
  ["the cookie, longer", (s) => ({ headers: { cookie: `${s.cookie}A` } }), 401],
  [
    "a decoy cookie before a wrong one",
    (s) => ({ headers: { cookie: `palimpsest-${s.port}=a; palimpsest-${s.port}=b` } }),
    401,
  ],
  ["1,000 decoy cookies", (s) => ({ headers: { cookie: `palimpsest-${s.port}=a; `.repeat(500) } }), 401],
  [
    "the cookie's value as bearer",
    (s) => ({ headers: { cookie: undefined, authorization: `Bearer ${s.cookie.split("=")[1]}` } }),
    401,
  ],
  [
    "the token with Basic",
    () => ({ headers: { cookie: undefined, authorization: `Basic ${btoa(`:${TOKEN}`)}` } }),
    401,
  ],
  [
    "the token in the address of the interface",
    () => ({ path: `/api/notebooks?token=${TOKEN}`, headers: { cookie: undefined } }),
    401,
  ],
  [
    "the token twice in the address, wrong first",
    () => ({ path: `/?token=x&token=${TOKEN}`, headers: { cookie: undefined } }),
    401,
  ],
  ["the token by POST", () => ({ path: `/?token=${TOKEN}`, method: "POST", headers: { cookie: undefined } }), 401],
  [
    "an address that does not exist, without a secret",
    () => ({ path: "/nothing", headers: { cookie: undefined } }),
    401,
  ],
  // Paths.
  ["notebook above the workspace", opened("../secret.ts"), 403],
  ["notebook above, encoded", opened("%2e%2e%2fsecret.ts"), 403],
  ["notebook above, through a folder", opened("deep/../../secret.ts"), 403],
  ["notebook by an absolute path", opened("/etc/hostname"), 400],
  ["notebook with backslashes", opened("..%5Csecret.ts"), 400],
  ["notebook with NUL", opened("n.ts%00.txt"), 400],
  ["notebook with a line end", opened("n.ts%0A"), 400],
  ["notebook through a link to a file outside", opened("link.ts"), 403],
  ["notebook through a link to a folder outside", opened("up/secret.ts"), 403],
  ["notebook through a dangling link to outside", opened("dangling.ts"), 403],
  ["notebook through a circle of links", opened("loop.ts"), 400],
  ["notebook in .palimpsest", opened(".palimpsest/sessions/n.agreed.ts"), 403],
  ["the workspace itself", opened("."), 403],
  ["a file as a folder", opened("n.ts/x.ts"), 404],
  ["a file that is no notebook", opened("note.txt"), 404],
  ["a name of 250 bytes", opened(`${"a".repeat(247)}.ts`), 404],
  ["a name of 5,000 bytes", opened(`${"a".repeat(5000)}.ts`), 400],
  ["double encoding", opened("%252e%252e%252fsecret.ts"), 404],
  ["an asset above", at("/assets/..%2fguard.ts"), 404],
  ["an asset by its path", at("/assets/%2fetc%2fpasswd"), 404],
  ["dots in the address", at("/../../etc/passwd"), 404],
  ["an address that cannot be decoded", at("/notebook/%E0%A4%A"), 400],
  ["a new notebook above", made("../made-by-attack"), 403],
  ["a new notebook by an absolute path", made("/tmp/made-by-attack"), 400],
  ["a new notebook over a dangling link", made("dangling"), 403],
  ["a new notebook in a hidden folder", made(".git/hooks"), 403],
  ["a new notebook below a file", made("n.ts/made"), 400],
  ["a new notebook over another", made("n"), 409],
  ["a new notebook with a name of 250 bytes", made("b".repeat(250)), 400],
  ["a new notebook in a folder of 250 bytes", made(`${"b".repeat(250)}/x`), 400],
  ["a new notebook with a final dot", made("made."), 400],
  ["a new notebook with a folder that ends with a dot", made("made./x"), 400],
  ["a new notebook with the name of a device", made("CON"), 400],
  ["a new notebook in a folder with the name of a device", made("aux/x"), 400],
  ["a new notebook with a control character", made("a\u0007b"), 400],
  ["a new notebook with a direction mark", made("a\u202Eb"), 400],
  ["a new notebook that is a number", made(3), 400],
  ["a new notebook that is a prototype", () => post({}, JSON.parse('{"__proto__": {"path": "x"}}')), 400],
  ["a copy of a file above", () => post({}, { path: "copy", from: "../secret.ts" }), 403],
  ["a copy through a link", () => post({}, { path: "copy", from: "link.ts" }), 403],
  ["an upload for a notebook above", () => ({ ...post({}), path: "/api/files?notebook=../secret.ts&name=a" }), 403],
  ["an upload called ..", () => ({ ...post({}), path: "/api/files?notebook=n.ts&name=.." }), 400],
  ["an upload with a hidden name", () => ({ ...post({}), path: "/api/files?notebook=n.ts&name=.bashrc" }), 400],
  [
    "an end of the kernel of a notebook above",
    () => ({ ...post({}, { notebook: "../secret.ts", end: "kernel", training: "keep" }), path: "/api/kernels" }),
    404,
  ],
  ["an order that is not one", () => ({ ...post({}, { notebook: "n.ts", end: "server" }), path: "/api/kernels" }), 400],
  // Bodies.
  ["a body of 100 kB", () => post({}, { path: "x".repeat(100_000) }), 413],
  ["a body that is no JSON", () => ({ ...post({}), body: "{" }), 400],
  ["a body of nested lists", () => ({ ...post({}), body: "[".repeat(30_000) }), 400],
  [
    "a body with a declared length of 1 TB",
    () => ({ ...post({ "content-length": "1000000000000" }), body: undefined }) as Sent,
    413,
  ],
  ["a method that is unknown here", () => ({ ...post({}), method: "PUT" }), 404],
  ["a session by plain HTTP", opened("n.ts"), 426],
];

it.each(attacks)("%s: %#", async (_, sent, status) => {
  const answer = await served.ask(sent(served));
  expect([answer.status, answer.body]).toEqual([status, expect.any(String)]);
  // A message, and nothing of this machine.
  expect(answer.body.length).toBeGreaterThan(0);
  expect(answer.body).not.toContain(served.root);
  expect(answer.body).not.toContain("secret = 42");
  expect(answer.body).not.toMatch(/node_modules|at .*\.ts:\d+/);
  expect(answer.headers["cache-control"]).toBe("no-store");
  expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
  expect(await served.untouched()).toEqual(UNTOUCHED);
});

it("none of them opened a session or made a notebook, and the page still works", async () => {
  const { status, body } = await served.ask();
  expect(status).toBe(200);
  const { notebooks } = JSON.parse(body) as { notebooks: { path: string; open: boolean }[] };
  expect(notebooks.map(({ path, open }) => [path, open])).toEqual([["n.ts", false]]);
});

it.each([
  ["is empty", ""],
  ["is a mapped address", "[::ffff:127.0.0.1]:PORT"],
  ["has a user name", "127.0.0.1:PORT@evil.example"],
  ["has a space", "127.0.0.1:PORT evil.example"],
  ["has a path", "127.0.0.1:PORT/x"],
  ["is there twice", "127.0.0.1:PORT\r\nHost: evil.example"],
])("a Host that %s is refused", async (_, host) => {
  const socket = served.raw();
  let answer = "";
  socket.on("data", (data) => {
    answer += String(data);
  });
  const head = `GET /api/notebooks HTTP/1.1\r\nHost: ${host.replace("PORT", String(served.port))}\r\nCookie: ${served.cookie}\r\n\r\n`;
  socket.write(head);
  await until(() => answer.includes("\r\n\r\n"));
  socket.destroy();
  expect(answer).toMatch(/^HTTP\/1\.1 (400|403) /);
  expect(answer).not.toContain("n.ts");
});
