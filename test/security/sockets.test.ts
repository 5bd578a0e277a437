/** Attacks on the socket of a session, and by many connections. The session, other pages and the server go on. */
import { once } from "node:events";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { WebSocket } from "ws";
import { MESSAGE_BYTES } from "../../server/protocol.ts";
import { until } from "../server/until.ts";
import { NOTEBOOK, Served, TOKEN, UNTOUCHED } from "./served.ts";

let served: Served;
beforeAll(async () => {
  served = await Served.start();
});
afterAll(() => served.close());

const sockets: WebSocket[] = [];
afterEach(async () => {
  for (const each of sockets.splice(0)) each.terminate();
  // A page that comes afterwards has its notebook, unchanged.
  const page = served.socket();
  let text = "";
  page.on("message", (data) => {
    text += String(data);
  });
  await until(() => text.includes("caught-up"));
  page.terminate();
  expect(text).toContain(JSON.stringify(NOTEBOOK.split("\n")[1]).slice(1, -1));
  expect(await served.untouched()).toEqual(UNTOUCHED);
});

function kept(socket: WebSocket): WebSocket {
  sockets.push(socket.on("error", () => undefined));
  return socket;
}

describe("an upgrade", () => {
  it.each<[string, (served: Served) => WebSocket, number]>([
    ["with the Origin of another site", (s) => s.socket({ origin: "http://evil.example" }), 403],
    ["with the Origin null", (s) => s.socket({ origin: "null" }), 403],
    ["with an empty Origin", (s) => s.socket({ origin: "" }), 403],
    ["with the Origin of another port", (s) => s.socket({ origin: "http://127.0.0.1:1" }), 403],
    ["with a foreign Host", (s) => s.socket({ host: "evil.example" }), 403],
    ["without a cookie", (s) => s.socket({ cookie: "a=b" }), 401],
    ["with the token as cookie", (s) => s.socket({ cookie: `palimpsest-${s.port}=${TOKEN}` }), 401],
    ["from another site, by the browser's word", (s) => s.socket({ "sec-fetch-site": "cross-site" }), 403],
    ["to a notebook above", (s) => s.socket({}, "notebook=../secret.ts"), 403],
    ["to a link to outside", (s) => s.socket({}, "notebook=link.ts"), 403],
    ["to a notebook that does not exist", (s) => s.socket({}, "notebook=none.ts"), 404],
    ["to no notebook", (s) => s.socket({}, ""), 400],
  ])("%s is refused", async (_, attack, status) => {
    const socket = kept(attack(served));
    const answered = new Promise((resolve, reject) => {
      socket.on("unexpected-response", (_request, response) => resolve(response.statusCode));
      socket.on("open", () => reject(new Error("opened")));
    });
    expect(await answered).toBe(status);
  });

  it.each(["-1", "NaN", "1e99", "9007199254740993", "__proto__"])("since %s gets the whole state", async (since) => {
    const socket = kept(served.socket({}, `notebook=n.ts&since=${since}&epoch=x`));
    const received: { type: string; part?: { part: string } }[] = [];
    socket.on("message", (data) => received.push(JSON.parse(String(data))));
    await until(() => received.at(-1)?.type === "caught-up");
    expect(received[0]?.type).toBe("welcome");
    expect(received.map(({ part }) => part?.part)).toContain("session");
  });
});

describe("a message", () => {
  const request = (value: unknown): string => JSON.stringify({ id: 1, request: value });
  it.each<[string, string | Buffer]>([
    ["that is empty", ""],
    ["that is not JSON", "{"],
    ["that is null", "null"],
    ["that is a list", "[]"],
    ["of bytes", Buffer.from([0xff, 0xfe, 0, 1])],
    ["without a request", '{"id": 1}'],
    ["with a text as id", '{"id": "1", "request": {"type": "run", "cells": "all"}}'],
    ["of an unknown type", request({ type: "shutdown" })],
    ["of the type __proto__", request({ type: "__proto__" })],
    ["of the type constructor", request({ type: "constructor" })],
    ["that pollutes prototypes", '{"id": 1, "request": {"__proto__": {"type": "run"}, "cells": "all"}}'],
    ["with a number as source", request({ type: "edit", cell: "a", source: 1, by: "x" })],
    ["with a negative step", request({ type: "steer", run: "x", order: { type: "rewind", to: -1 } })],
    ["with 100,000 nested lists", `{"id":1,"request":${"[".repeat(100_000)}${"]".repeat(100_000)}}`],
    [`of ${MESSAGE_BYTES + 1000} bytes`, `"${"x".repeat(MESSAGE_BYTES + 1000)}"`],
  ])("%s ends this connection alone", async (_, message) => {
    const socket = kept(served.socket());
    const other = kept(served.socket());
    await Promise.all([once(socket, "open"), once(other, "open")]);
    const closed = once(socket, "close");
    socket.send(message);
    const [code] = await closed;
    expect([1003, 1007, 1008, 1009]).toContain(code);
    expect(other.readyState).toBe(other.OPEN);
  });

  it.each([
    ["of a cell that does not exist", { type: "edit", cell: "../a", source: "x", by: "x" }],
    ["of the cell __proto__", { type: "edit", cell: "__proto__", source: "x", by: "x" }],
    ["to stop the cell __proto__", { type: "stop", cell: "__proto__" }],
    ["of a run called __proto__", { type: "steer", run: "__proto__", order: { type: "stop" } }],
    ["that renames a cell to __proto__", { type: "rename", cell: "a", to: "__proto__" }],
    ["that renames a cell to a path", { type: "rename", cell: "a", to: "../../x" }],
    [
      "that puts a line into the options of a cell",
      {
        type: "put-back",
        after: null,
        cell: { id: "x", kind: "code", source: "", mode: "auto", options: { a: "b\nimport './evil'" } },
      },
    ],
    ["with conflict markers", { type: "edit", cell: "a", source: "<<<<<<< HEAD", by: "x" }],
    ["of an input that was not declared", { type: "input", cell: "a", name: "__proto__", value: 1 }],
  ])("%s is refused with a message", async (_, request) => {
    const socket = kept(served.socket());
    await once(socket, "open");
    const answers: { type: string; message?: string }[] = [];
    socket.on("message", (data) => answers.push(JSON.parse(String(data))));
    socket.send(JSON.stringify({ id: 1, request }));
    await until(() => answers.some(({ type }) => type === "refused" || type === "done"));
    expect(answers.at(-1)).toMatchObject({ type: "refused", message: expect.not.stringMatching(/server failed/) });
  });
});

describe("frames by hand", () => {
  const upgrade = (s: Served): string =>
    `GET /api/session?notebook=n.ts HTTP/1.1\r\nHost: 127.0.0.1:${s.port}\r\nOrigin: ${s.origin}\r\nCookie: ${s.cookie}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`;
  it.each<[string, number[]]>([
    ["without a mask", [0x81, 0x02, 0x7b, 0x7d]],
    ["with a reserved bit", [0xc1, 0x80, 0, 0, 0, 0]],
    ["with an unknown operation", [0x83, 0x80, 0, 0, 0, 0]],
    ["that continues nothing", [0x80, 0x80, 0, 0, 0, 0]],
    ["with a declared length of 2⁶³ bytes", [0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]],
    ["with a ping that is too long", [0x89, 0xfe, 0x01, 0x00, 0, 0, 0, 0]],
    ["with text that is not UTF-8", [0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28]],
  ])("%s end this connection alone", async (_, bytes) => {
    const socket = served.raw();
    const ended = once(socket, "close");
    socket.write(upgrade(served));
    const [answer] = await once(socket, "data");
    expect(String(answer)).toContain("101 Switching Protocols");
    socket.on("data", () => undefined);
    socket.write(Buffer.from(bytes));
    await ended;
  });
});

describe("many connections", () => {
  it("500 pages of one notebook: the next one is served", async () => {
    const all = Array.from({ length: 500 }, () => kept(served.socket()));
    await Promise.all(all.map((each) => once(each, "open")));
    expect((await served.ask()).status).toBe(200);
  });

  it("300 requests that never end: others are answered", async () => {
    const slow = Array.from({ length: 300 }, () => {
      const socket = served.raw();
      socket.write(`POST /api/notebooks HTTP/1.1\r\nHost: 127.0.0.1:${served.port}\r\nX-Slow: `);
      return socket;
    });
    const began = Date.now();
    expect((await served.ask()).status).toBe(200);
    expect(Date.now() - began).toBeLessThan(5000);
    for (const each of slow) each.destroy();
  });

  it("100 pages that never read: others get their events", async () => {
    const deaf = Array.from({ length: 100 }, () => kept(served.socket()));
    await Promise.all(deaf.map((each) => once(each, "open")));
    for (const each of deaf) each.pause();
    expect((await served.ask()).status).toBe(200);
  });

  it.each([
    ["that are no HTTP", "\u0000\u0001\u0002\r\n\r\n"],
    ["with a header of 100 kB", `GET / HTTP/1.1\r\nX: ${"x".repeat(100_000)}\r\n\r\n`],
    ["with two lengths", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"],
    [
      "with a length and chunks",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n",
    ],
    ["with a line end in a header", "GET / HTTP/1.1\r\nHost: x\nX-A: b\rX-B: c\r\n\r\n"],
  ])("bytes %s are answered with an error", async (_, bytes) => {
    const socket = served.raw();
    let answer = "";
    socket.on("data", (data) => {
      answer += String(data);
    });
    socket.write(bytes);
    await until(() => /^HTTP\/1\.1 4\d\d /.test(answer));
    expect(answer).not.toContain("200 OK");
    socket.destroy();
  });
});
