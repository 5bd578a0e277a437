/** Whether a run goes on: what its session, its process and the times of its files say. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Registry } from "../../../server/registry/registry.ts";
import { SILENT_MS } from "../../../server/registry/scan.ts";
import { bornAt } from "../../../server/session/holder.ts";
import { longAgo, registryStage } from "./registry-stage.ts";
import { writeRun } from "./written-run.ts";

const stage = registryStage();

describe("a run that says it is running", () => {
  it("knows that a run was interrupted, from its session or since its files have long been silent", async () => {
    const known = new Registry(stage.folder, (notebook, id) =>
      notebook === "radis.ts" && id === "a" ? "interrupted" : undefined,
    );
    await writeRun(stage.folder, { id: "a", status: "running" });
    const silent = await writeRun(stage.folder, { id: "b", status: "running" });
    await writeRun(stage.folder, { id: "c", status: "running" });
    for (const file of ["run.json", "rows.jsonl", "probes.jsonl", "events.jsonl"])
      await longAgo(join(stage.folder, silent, file), SILENT_MS + 1000);
    const found = (await known.list()).runs.map(({ id, status }) => [id, status]);
    expect(found.sort()).toEqual([
      ["a", "interrupted"],
      ["b", "interrupted"],
      ["c", "running"],
    ]);
  });

  it("goes on as long as its process lives, silent or not, where that is a process of this machine", async () => {
    const child = spawn("sleep", ["60"]);
    await once(child, "spawn");
    const living = { pid: child.pid, born: bornAt(child.pid!) ?? "", host: hostname() };
    const holders = {
      alive: living,
      dead: { ...living, pid: 2 ** 22 + 1 },
      another: { ...living, born: "1" },
      elsewhere: { ...living, pid: 2 ** 22 + 1, host: "another-machine" },
      broken: "{",
    };
    for (const [id, holder] of Object.entries(holders)) {
      const key = await writeRun(stage.folder, { id, status: "running" });
      const text = typeof holder === "string" ? holder : JSON.stringify(holder);
      await writeFile(join(stage.folder, key, "process.json"), text);
    }
    const statuses = async () => Object.fromEntries((await stage.listed()).map(({ id, status }) => [id, status]));
    const fresh = { dead: "interrupted", another: "interrupted", elsewhere: "running", broken: "running" };
    expect(await statuses()).toEqual({ alive: "running", ...fresh });
    for (const id of Object.keys(holders))
      for (const file of ["run.json", "rows.jsonl", "probes.jsonl", "events.jsonl"])
        await longAgo(join(stage.folder, ".palimpsest/runs", id, file), SILENT_MS + 1000);
    const silent = { ...fresh, elsewhere: "interrupted", broken: "interrupted" };
    expect(await statuses()).toEqual({ alive: "running", ...silent });
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(await statuses()).toEqual({ alive: "interrupted", ...silent });
  });
});
