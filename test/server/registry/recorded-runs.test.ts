/** Runs and the records that they belong to. */
import { mkdir, mkdtemp, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { description } from "../runs/any-run.ts";
import { registryStage } from "./registry-stage.ts";
import { writeRun } from "./written-run.ts";

const stage = registryStage();

describe("the records", () => {
  it("shows to which record a run belongs, what its certificate says, and runs that only a record has", async () => {
    await writeRun(stage.folder, { id: "kept" });
    const record = join(stage.folder, ".palimpsest", "records", "r1");
    await mkdir(join(record, "runs", "gone"), { recursive: true });
    await writeFile(join(record, "runs", "gone", "rows.jsonl"), '{"step":1,"loss":2}\n');
    const { id: _, notebook, seed, started, ...about } = description();
    const runs = [
      { ...about, id: "kept" },
      { ...about, id: "gone" },
    ];
    await writeFile(join(record, "record.json"), JSON.stringify({ id: "r1", notebook, created: started, seed, runs }));
    const found = (): Promise<unknown[]> =>
      stage.listed().then((all) => all.map(({ id, record: badge }) => [id, badge]));
    const key = ".palimpsest/records/r1";
    expect(await found()).toEqual([
      ["kept", { id: "r1", key }],
      ["gone", { id: "r1", key }],
    ]);
    await writeFile(join(record, "certificate.json"), '{"verdict":"identical","verified":"2026-11-29T13:00:00.000Z"}');
    const badge = { id: "r1", key, verdict: "identical", verified: "2026-11-29T13:00:00.000Z" };
    expect(await found()).toEqual([
      ["kept", badge],
      ["gone", badge],
    ]);
    expect(await stage.registry.records()).toMatchObject([{ ...badge, name: "", runs: 2, status: "running" }]);
    // It was made for the record as it was before a change, or for another one.
    await writeFile(join(record, "record.sha256"), `${"1".repeat(64)}  record.json\n`);
    await writeFile(join(record, "certificate.json"), `{"verdict":"identical","digest":"${"2".repeat(64)}"}`);
    expect(await stage.registry.records()).toMatchObject([{ id: "r1" }]);
    expect((await stage.registry.records())[0]).not.toHaveProperty("verdict");
    // A record that names a place outside of itself is no record.
    const evil = join(stage.folder, ".palimpsest", "records", "r2");
    await mkdir(evil);
    const away = [{ ...about, id: "../../../../../etc" }];
    await writeFile(
      join(evil, "record.json"),
      JSON.stringify({ id: "r2", notebook, created: started, seed, runs: away }),
    );
    expect(await found()).toHaveLength(2);
    const gone = (await stage.listed()).find(({ id }) => id === "gone")!;
    expect(gone).toMatchObject({ key: ".palimpsest/records/r1/runs/gone", losses: { loss: 2 } });
    await expect(stage.registry.delete([gone.key])).rejects.toThrow("part of a record");
  });

  it("show no runs through a link", async () => {
    const outside = await mkdtemp(join(tmpdir(), "outside-"));
    await writeRun(outside, { id: "secret" });
    const { id: _, notebook, seed, started, ...about } = description();
    const text = JSON.stringify({ id: "r", notebook, created: started, seed, runs: [{ ...about, id: "secret" }] });
    const records = join(stage.folder, ".palimpsest", "records");
    for (const name of ["all", "one"]) {
      await mkdir(join(records, name), { recursive: true });
      await writeFile(join(records, name, "record.json"), text);
    }
    await symlink(join(outside, ".palimpsest", "runs"), join(records, "all", "runs"));
    await mkdir(join(records, "one", "runs"));
    await symlink(join(outside, ".palimpsest", "runs", "secret"), join(records, "one", "runs", "secret"));
    expect(await stage.registry.records()).toHaveLength(2);
    expect(await stage.listed()).toEqual([]);
  });
});
