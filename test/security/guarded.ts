/** What every route refuses: requests without the cookie, from another site, and to another host. */
import { expect, it } from "vitest";
import type { Sent, Served } from "./served.ts";

/** Declares the tests. @param reads paths, and `changes` requests, that are answered where the page asks */
export function refusesForeigners(
  served: () => Served,
  reads: () => readonly string[],
  changes: () => readonly Sent[],
): void {
  it("needs the cookie for each of them", async () => {
    for (const path of reads()) {
      expect((await served().ask({ path, headers: { cookie: undefined } })).status, path).toBe(401);
    }
    for (const sent of changes())
      expect((await served().ask({ ...sent, headers: { ...sent.headers, cookie: undefined } })).status).toBe(401);
  });

  it("refuses requests of another site", async () => {
    for (const sent of changes())
      for (const origin of ["http://evil.example", "null", undefined])
        expect((await served().ask({ ...sent, headers: { ...sent.headers, origin } })).status, sent.path).toBe(403);
    for (const path of reads())
      expect((await served().ask({ path, headers: { host: "evil.example" } })).status, path).toBe(403);
  });
}
