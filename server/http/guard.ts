/**
 * Decides, before anything is routed, whether a request is let in. A page of another site can make the browser send requests
 * here, and can point a domain name of its own at this machine (DNS rebinding). So Host and Origin are compared with fixed
 * lists, never with each other or with the URL, and every request must carry a secret: a page its cookie, a script the token.
 *
 * The two differ. The browser sends a cookie to every port of this machine, so another program here could read it; the token
 * of the address is never in it. The cookie stays valid when the server restarts, so that open pages continue; the token does not.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import { generateCookie } from "hono/cookie";
import { parse } from "hono/utils/cookie";

/** The parts of a request that the decision depends on. */
export type RequestHead = {
  readonly method: string;
  readonly path: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** `Sec-Fetch-Site` and `Sec-Fetch-Mode`: the browser's own word on which site sent the request. Scripts have neither. */
  readonly site: string | undefined;
  readonly mode: string | undefined;
  readonly upgrade: boolean;
  readonly cookie: string | undefined;
  readonly authorization: string | undefined;
  /** The query parameter `token` of the start-up address. */
  readonly ticket: string | undefined;
};

export type Verdict =
  | { readonly kind: "enter" }
  /**
   * The token came with the address: set the cookie and go on without the token. `by`: a page that a file or another site
   * opened (the redirect file of `start`) must load the next one itself, since a redirect would count as theirs and would
   * come without the cookie.
   */
  | { readonly kind: "welcome"; readonly cookie: string; readonly by: "redirect" | "page" }
  | { readonly kind: "refuse"; readonly status: 401 | 403; readonly message: string };

/** `token`: of the start-up address, new at each start. `cookie`: the secret that cookies are made from; it survives a restart. */
export type Secrets = { readonly token: string; readonly cookie: string };

const READS = new Set(["GET", "HEAD"]);
const OWN_SITES = new Set(["same-origin", "none"]);
const FOREIGN = { kind: "refuse", status: 403, message: "Pages of other sites cannot use this workbench." } as const;

export function judge(request: RequestHead, port: number, secrets: Secrets): Verdict {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`];
  if (request.host === undefined || !hosts.includes(request.host.toLowerCase())) {
    return { kind: "refuse", status: 403, message: `This workbench is served at ${hosts[0]} only. Open it there.` };
  }
  const origins = hosts.map((host) => `http://${host}`);
  const changes = request.upgrade || !READS.has(request.method);
  if (changes && request.origin !== undefined && !origins.includes(request.origin.toLowerCase())) return FOREIGN;
  const ownSite = request.site === undefined || OWN_SITES.has(request.site);
  // A link on another page may open the workbench; nothing else there may use it.
  if (!ownSite && (changes || request.mode !== "navigate")) return FOREIGN;
  const name = `palimpsest-${port}`;
  const value = cookieValue(secrets.cookie, port);
  if (
    request.path === "/" &&
    request.method === "GET" &&
    request.ticket !== undefined &&
    matches(request.ticket, secrets.token)
  ) {
    const cookie = generateCookie(name, value, { path: "/", httpOnly: true, sameSite: "Strict" });
    return { kind: "welcome", cookie, by: ownSite ? "redirect" : "page" };
  }
  const bearer = /^Bearer (.+)$/i.exec(request.authorization ?? "")?.[1];
  if (bearer !== undefined && matches(bearer, secrets.token)) return { kind: "enter" };
  if (cookiesNamed(name, request.cookie).some((each) => matches(each, value))) {
    // Browsers name the origin of every change. Without it, the cookie was sent by something that is not our page.
    return changes && request.origin === undefined ? FOREIGN : { kind: "enter" };
  }
  return { kind: "refuse", status: 401, message: "Open the address with the token that `palimpsest start` printed." };
}

/** Each port has a value of its own, so a cookie that was seen at one port opens no other. */
export function cookieValue(secret: string, port: number): string {
  return createHmac("sha256", secret).update(`page at port ${port}`).digest("base64url");
}

/** @param port a function, since the port is known only when the server listens */
export function guard(port: () => number, secrets: Secrets): MiddlewareHandler {
  return async (c, next) => {
    const verdict = judge(
      {
        method: c.req.method,
        path: c.req.path,
        host: c.req.header("host"),
        origin: c.req.header("origin"),
        site: c.req.header("sec-fetch-site"),
        mode: c.req.header("sec-fetch-mode"),
        upgrade: c.req.header("upgrade") !== undefined,
        cookie: c.req.header("cookie"),
        authorization: c.req.header("authorization"),
        ticket: c.req.query("token"),
      },
      port(),
      secrets,
    );
    switch (verdict.kind) {
      case "enter":
        await next();
        protect(c.res.headers, port());
        // Answers may hold data of the workspace; those that a browser may keep say so themselves.
        if (!c.res.headers.has("cache-control")) c.res.headers.set("cache-control", "no-store");
        return c.res;
      case "welcome":
        c.header("set-cookie", verdict.cookie);
        c.header("referrer-policy", "no-referrer");
        c.header("cache-control", "no-store");
        if (verdict.by === "redirect") return c.redirect("/", 303);
        return c.html('<!doctype html><title>Palimpsest</title><meta http-equiv="refresh" content="0;url=/">');
      case "refuse":
        c.header("x-content-type-options", "nosniff");
        c.header("cache-control", "no-store");
        return c.text(`${verdict.message}\n`, verdict.status);
      default:
        return verdict satisfies never;
    }
  };
}

/** Lets the page load this server's own files and nothing else. Styles may be inline: Plot and the editor set them on elements. */
function protect(headers: Headers, port: number): void {
  const sockets = ["127.0.0.1", "localhost"].map((host) => `ws://${host}:${port}`).join(" ");
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self' ${sockets}`,
    "frame-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  headers.set("content-security-policy", policy.join("; "));
  headers.set("x-content-type-options", "nosniff");
  headers.set("referrer-policy", "no-referrer");
  headers.set("cross-origin-opener-policy", "same-origin");
  headers.set("cross-origin-resource-policy", "same-origin");
}

/** Takes the same time however many characters are right. */
function matches(presented: string, token: string): boolean {
  const a = Buffer.from(presented);
  const b = Buffer.from(token);
  return a.length === b.length && timingSafeEqual(a, b);
}

/** All cookies of the name: other sites on this machine can set a decoy of the same name, which must not hide the real one. */
function cookiesNamed(name: string, header = ""): string[] {
  return header.split(";").flatMap((pair) => parse(pair, name)[name] ?? []);
}
