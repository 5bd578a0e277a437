/**
 * Decides, before anything is routed, whether a request is let in. A page of another site can make the browser send requests
 * here, and can point a domain name of its own at this machine (DNS rebinding). So Host and Origin are compared with fixed
 * lists, never with each other or with the URL, and every request must carry the token.
 */
import { timingSafeEqual } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import { generateCookie } from "hono/cookie";
import { parse } from "hono/utils/cookie";

/** The parts of a request that the decision depends on. */
export type RequestHead = {
  readonly method: string;
  readonly path: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly upgrade: boolean;
  readonly cookie: string | undefined;
  readonly authorization: string | undefined;
  /** The query parameter `token` of the start-up address. */
  readonly ticket: string | undefined;
};

export type Verdict =
  | { readonly kind: "enter" }
  /** The token came with the address: move it from the address into a cookie. */
  | { readonly kind: "welcome"; readonly cookie: string }
  | { readonly kind: "refuse"; readonly status: 401 | 403; readonly message: string };

const READS = new Set(["GET", "HEAD"]);

export function judge(request: RequestHead, port: number, token: string): Verdict {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`];
  if (request.host === undefined || !hosts.includes(request.host.toLowerCase())) {
    return { kind: "refuse", status: 403, message: `This workbench is served at ${hosts[0]} only. Open it there.` };
  }
  const origins = hosts.map((host) => `http://${host}`);
  const changes = request.upgrade || !READS.has(request.method);
  if (changes && request.origin !== undefined && !origins.includes(request.origin.toLowerCase())) {
    return { kind: "refuse", status: 403, message: "Pages of other sites cannot use this workbench." };
  }
  const name = `palimpsest-${port}`;
  if (
    request.path === "/" &&
    request.method === "GET" &&
    request.ticket !== undefined &&
    matches(request.ticket, token)
  ) {
    const cookie = generateCookie(name, token, { path: "/", httpOnly: true, sameSite: "Strict" });
    return { kind: "welcome", cookie };
  }
  const bearer = /^Bearer (.+)$/i.exec(request.authorization ?? "")?.[1];
  const presented = [...cookiesNamed(name, request.cookie), ...(bearer === undefined ? [] : [bearer])];
  if (presented.some((each) => matches(each, token))) return { kind: "enter" };
  return { kind: "refuse", status: 401, message: "Open the address with the token that `palimpsest start` printed." };
}

/** @param port a function, since the port is known only when the server listens */
export function guard(port: () => number, token: string): MiddlewareHandler {
  return async (c, next) => {
    const verdict = judge(
      {
        method: c.req.method,
        path: c.req.path,
        host: c.req.header("host"),
        origin: c.req.header("origin"),
        upgrade: c.req.header("upgrade") !== undefined,
        cookie: c.req.header("cookie"),
        authorization: c.req.header("authorization"),
        ticket: c.req.query("token"),
      },
      port(),
      token,
    );
    switch (verdict.kind) {
      case "enter":
        await next();
        protect(c.res.headers, port());
        return c.res;
      case "welcome":
        c.header("set-cookie", verdict.cookie);
        c.header("referrer-policy", "no-referrer");
        return c.redirect("/", 303);
      case "refuse":
        c.header("x-content-type-options", "nosniff");
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
