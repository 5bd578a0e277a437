import { describe, expect, it } from "vitest";
import { cookieValue, judge, type RequestHead } from "../../../server/http/guard.ts";

const TOKEN = "right-token";
const PORT = 4747;
const SECRETS = { token: TOKEN, cookie: "secret-of-cookies" };
const COOKIE = cookieValue(SECRETS.cookie, PORT);

function head(changes: Partial<RequestHead> = {}): RequestHead {
  return {
    method: "GET",
    path: "/api/notebooks",
    host: "127.0.0.1:4747",
    origin: undefined,
    site: undefined,
    mode: undefined,
    upgrade: false,
    cookie: `palimpsest-4747=${COOKIE}`,
    authorization: undefined,
    ticket: undefined,
    ...changes,
  };
}

function answer(changes: Partial<RequestHead>): number {
  const verdict = judge(head(changes), PORT, SECRETS);
  return verdict.kind === "enter" ? 200 : verdict.kind === "welcome" ? 303 : verdict.status;
}

describe("guard", () => {
  it.each([
    ["localhost:4747", 200],
    ["LOCALHOST:4747", 200],
    ["[::1]:4747", 200],
    ["127.0.0.1:4748", 403],
    ["127.0.0.1", 403],
    ["evil.example:4747", 403],
    ["127.0.0.1.evil.example:4747", 403],
    ["localhost.:4747", 403],
    [undefined, 403],
  ])("host %s: %d", (host, status) => {
    expect(answer({ host })).toBe(status);
  });

  it.each([
    ["http://127.0.0.1:4747", 200],
    ["http://localhost:4747", 200],
    [undefined, 403],
    ["", 403],
    ["https://127.0.0.1:4747", 403],
    ["http://127.0.0.1:4748", 403],
    ["http://evil.example", 403],
    ["http://127.0.0.1:4747.evil.example", 403],
    ["null", 403],
  ])("origin %s for changes and sockets: %d", (origin, status) => {
    expect(answer({ origin, method: "POST" })).toBe(status);
    expect(answer({ origin, method: "DELETE" })).toBe(status);
    expect(answer({ origin, upgrade: true })).toBe(status);
  });

  it("a rebound name is refused although host and origin agree", () => {
    expect(answer({ host: "evil.example:4747", origin: "http://evil.example:4747", method: "POST" })).toBe(403);
  });

  it("a foreign host is refused before the token is checked", () => {
    expect(answer({ host: "evil.example:4747", cookie: undefined })).toBe(403);
  });

  it.each([
    [{ cookie: undefined }, 401],
    [{ cookie: "palimpsest-4747=wrong-token" }, 401],
    [{ cookie: `palimpsest-9999=${COOKIE}` }, 401],
    [{ cookie: `theme=dark; palimpsest-4747=${COOKIE}; x=1` }, 200],
    [{ cookie: `palimpsest-4747=decoy; palimpsest-4747=${COOKIE}` }, 200],
    [{ cookie: `palimpsest-4747=${COOKIE}; palimpsest-4747=decoy` }, 200],
    [{ cookie: "palimpsest-4747=decoy; palimpsest-4747=another" }, 401],
    [{ cookie: `xpalimpsest-4747=${COOKIE}` }, 401],
    [{ cookie: undefined, authorization: `Bearer ${TOKEN}` }, 200],
    [{ cookie: undefined, authorization: "Bearer " }, 401],
    [{ cookie: undefined, authorization: `Bearer ${COOKIE}` }, 401],
    [{ cookie: `palimpsest-4747=${TOKEN}` }, 401],
    [{ cookie: `palimpsest-4747=${cookieValue(SECRETS.cookie, 4748)}` }, 401],
    [{ cookie: undefined, authorization: `Bearer ${TOKEN}`, method: "POST" }, 200],
    [{ site: "same-origin" }, 200],
    [{ site: "none" }, 200],
    [{ site: "cross-site", mode: "no-cors" }, 403],
    [{ site: "same-site", mode: "cors" }, 403],
    [{ site: "same-site", mode: "navigate" }, 200],
    [{ site: "cross-site", mode: "navigate", method: "POST" }, 403],
    [{ cookie: undefined, authorization: TOKEN }, 401],
    [{ cookie: undefined, path: "/", ticket: TOKEN }, 303],
    [{ cookie: undefined, path: "/", ticket: "" }, 401],
    [{ cookie: undefined, path: "/", ticket: `${TOKEN}x` }, 401],
    [{ cookie: undefined, path: "/api/notebooks", ticket: TOKEN }, 401],
    [{ cookie: undefined, path: "/", ticket: TOKEN, method: "POST" }, 401],
  ])("%o: %d", (changes, status) => {
    expect(answer(changes)).toBe(status);
  });

  it("puts the token into a cookie for its port that scripts and other sites cannot use", () => {
    const verdict = judge(head({ path: "/", ticket: TOKEN, cookie: undefined }), PORT, SECRETS);
    expect(verdict).toEqual({
      kind: "welcome",
      by: "redirect",
      cookie: `palimpsest-4747=${COOKIE}; Path=/; HttpOnly; SameSite=Strict`,
    });
  });

  it("lets a page that a file or another site opened load the next one itself, which then has the cookie", () => {
    const opened = head({ path: "/", ticket: TOKEN, cookie: undefined, site: "cross-site", mode: "navigate" });
    expect(judge(opened, PORT, SECRETS)).toMatchObject({ kind: "welcome", by: "page" });
  });
});
