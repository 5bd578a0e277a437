/**
 * Decides, before anything is routed, whether a request may come in. A page of another site can make the browser send
 * requests here, and can point a name of its own at this machine (DNS rebinding); so Host and Origin are compared with
 * fixed lists, never with each other or with the URL, and whoever comes must hold the token.
 */
import { timingSafeEqual } from "node:crypto";
import type { MiddlewareHandler } from "hono";

export type Knock = {
  readonly method: string;
  readonly path: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly upgrade: boolean;
  readonly cookie: string | undefined;
  readonly authorization: string | undefined;
  /** The query's `token`. */
  readonly ticket: string | undefined;
};

export type Verdict =
  | { readonly kind: "enter" }
  /** The token came with the address: keep it in the cookie, and take it out of the address. */
  | { readonly kind: "welcome"; readonly cookie: string }
  | { readonly kind: "refuse"; readonly status: 401 | 403; readonly message: string };

const READS = new Set(["GET", "HEAD"]);

export function judge(knock: Knock, port: number, token: string): Verdict {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`];
  if (knock.host === undefined || !hosts.includes(knock.host.toLowerCase())) {
    return { kind: "refuse", status: 403, message: `This workbench answers at ${hosts[0]} only.` };
  }
  const origins = hosts.map((host) => `http://${host}`);
  const changes = knock.upgrade || !READS.has(knock.method);
  if (changes && knock.origin !== undefined && !origins.includes(knock.origin.toLowerCase())) {
    return { kind: "refuse", status: 403, message: "Another site's page may not act on this workbench." };
  }
  const name = `palimpsest-${port}`;
  if (knock.path === "/" && knock.method === "GET" && knock.ticket !== undefined && matches(knock.ticket, token)) {
    return { kind: "welcome", cookie: `${name}=${token}; Path=/; HttpOnly; SameSite=Strict` };
  }
  const shown = [cookieNamed(knock.cookie, name), /^Bearer (.+)$/i.exec(knock.authorization ?? "")?.[1]];
  if (shown.some((each) => each !== undefined && matches(each, token))) return { kind: "enter" };
  return { kind: "refuse", status: 401, message: "Open the address with the token that `palimpsest start` printed." };
}

/** @param port asked at each request: it is known only when the server listens. */
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
    }
  };
}

/** What the page may load: this server's own files and nothing else. Plot and the editor set styles on elements. */
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

/** In a time that does not tell how much was right. */
function matches(shown: string, token: string): boolean {
  const a = Buffer.from(shown);
  const b = Buffer.from(token);
  return a.length === b.length && timingSafeEqual(a, b);
}

function cookieNamed(header: string | undefined, name: string): string | undefined {
  for (const pair of (header ?? "").split(";")) {
    const [key, value] = pair.trim().split("=", 2);
    if (key === name) return value;
  }
  return undefined;
}
