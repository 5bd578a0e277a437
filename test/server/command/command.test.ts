/** The command line itself, and the start of the workbench. */
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { until } from "../until.ts";
import { inside, NOTEBOOK, notebook, palimpsest } from "./command-stage.ts";

describe("start", () => {
  it("prints its address with the token, serves it, and gives exit code 0", async () => {
    await notebook("knobs.ts", NOTEBOOK);
    let answer = 0;
    const outcome = await palimpsest(["start", ".", "--no-open"], (child, out) => {
      void (async () => {
        await until(() => out().includes("?token="));
        const address = new URL(/http:\S+/.exec(out())?.[0] ?? "");
        const headers = { authorization: `Bearer ${address.searchParams.get("token")}` };
        answer = (await fetch(new URL("/api/notebooks", address), { headers })).status;
        child.kill("SIGTERM");
      })();
    });
    expect(answer).toBe(200);
    expect(outcome.out).toMatch(/^Palimpsest is running at http:\/\/127\.0\.0\.1:\d+\/\?token=\S{20,}\n$/);
    expect(outcome.code).toBe(0);
  });
});

it("prints its version and its commands", async () => {
  const { version } = JSON.parse(await readFile(new URL("../../../package.json", import.meta.url), "utf8"));
  expect((await palimpsest(["--version"])).out.trim()).toBe(version);
  expect((await inside(["--help"])).out).toMatch(/start[\s\S]+run[\s\S]+check[\s\S]+doctor/);
});
