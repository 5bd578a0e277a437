/** Runs in the formats of other programs, read again by independent readers. */
import { createHash } from "node:crypto";
import { mkdtemp, readdir, realpath, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { parquetRows } from "../../../cells/data/parquet/parquet.ts";
import type { ExportOrder } from "../../../server/registry/export.ts";
import { Registry } from "../../../server/registry/registry.ts";
import { tarEntry } from "../../../server/registry/tar.ts";
import { csvLine } from "../../../server/runs/csv.ts";
import { crc32c, eventFile, tfRecord } from "../../../server/runs/tensorboard.ts";
import { writeRun } from "./written-run.ts";

let folder: string;
let registry: Registry;
let a: string;
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "export-")));
  const events = [{ kind: "knob", step: 2, name: "weight", value: 0.5 }];
  const probes = [{ step: 2, general: 0.9, "chrf English→Velan": 0.25 }];
  a = await writeRun(folder, { id: "a", events, probes, config: { rank: 2, note: 'says "so", twice\n' } });
  await writeRun(folder, { id: "b", config: { rank: "full" }, rows: [{ step: 1, loss: 7 }] });
  await writeFile(join(folder, a, "rows.jsonl"), '{"step":1,"loss":4}\n{"step":2,"loss":3}\n{"step":3,"lo');
  registry = new Registry(folder);
});

async function bytes(keys: readonly string[], order: ExportOrder): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of (await registry.export(keys, order)).data) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}
const text = async (
  format: "csv" | "json",
  table: "runs" | "rows" | "probes" | "changes" = "rows",
  keys: string[] = [],
) => (await bytes(keys, { format, table })).toString();

describe("CSV", () => {
  it("has the rows, probes, changes and settings of the chosen runs", async () => {
    const rows = parse(await text("csv", "rows"), { columns: true }) as Record<string, string>[];
    expect(rows.map(({ run, step, loss }) => [run?.slice(-1), step, loss])).toEqual([
      ["a", "1", "4"],
      ["a", "2", "3"],
      ["b", "1", "7"],
    ]);
    const probes = parse(await text("csv", "probes", [a]), { columns: true });
    expect(probes).toEqual([{ run: a, step: "2", general: "0.9", "chrf English→Velan": "0.25" }]);
    const [change] = parse(await text("csv", "changes", [a]), { columns: true }) as object[];
    expect(change).toMatchObject({ kind: "knob", value: "0.5" });
    const runs = parse(await text("csv", "runs"), { columns: true }) as Record<string, string>[];
    expect(runs.map(({ id, rank, note, final_loss }) => [id, rank, note, final_loss])).toEqual([
      ["a", "2", "", "3"],
      ["b", "full", "", "7"],
    ]);
  });

  it("is read back as it was, whatever the values", () => {
    fc.assert(
      fc.property(fc.array(fc.record({ x: fc.string(), "a,b": fc.string() }), { minLength: 1 }), (rows) => {
        const names = ["x", "a,b"] as const;
        const lines = [names, ...rows.map((row) => names.map((name) => row[name]))].map(csvLine);
        expect(parse(lines.join(""), { columns: true })).toEqual(rows);
      }),
    );
  });
});

it("JSON has everything of a run", async () => {
  const [found] = JSON.parse(await text("json", "rows", [a])) as [Record<string, unknown>];
  expect(found).toMatchObject({
    id: "a",
    settings: { rank: 2 },
    rows: [
      { step: 1, loss: 4 },
      { step: 2, loss: 3 },
    ],
    changes: [{ kind: "knob" }],
  });
});

it("Parquet is read by the cells' reader", async () => {
  const order = { format: "parquet", table: "rows" } as const;
  expect((await registry.export([a], order)).name).toBe("a-rows.parquet");
  const rows = await parquetRows("x", new Uint8Array(await bytes([a], order)));
  expect(rows.map(({ text: json }) => JSON.parse(json))).toEqual(
    [1, 2].map((step) => ({ run: a, step: String(step), loss: 5 - step })),
  );
});

describe("TensorBoard", () => {
  it("has the check sum of RFC 3720 and records of the known form", () => {
    const zeros = new Uint8Array(32);
    expect([crc32c(zeros), crc32c(zeros.map(() => 255)), crc32c(zeros.map((_, i) => i))]).toEqual([
      0x8a9136aa, 0x62a8ab43, 0x46dd794e,
    ]);
    const record = tfRecord(new TextEncoder().encode("abc"));
    expect(record).toHaveLength(8 + 4 + 3 + 4);
    expect([...record.subarray(0, 8)]).toEqual([3, 0, 0, 0, 0, 0, 0, 0]);
  });

  it("has the bytes that TensorBoard's own reader was seen to read", () => {
    // EventAccumulator of tensorboard 2.21.0 gives for this file the two scalars with their steps, times and values.
    const file = eventFile(1_795_950_000, [
      { tag: "training/loss", step: 1, wallTime: 1_795_950_001.5, value: 4 },
      { tag: "probes/chrf English→Velan", step: 300, wallTime: 1_795_950_002, value: 0.5 },
    ]);
    expect(createHash("sha256").update(file).digest("hex")).toBe(
      "22c5fe886e02748b486d032d156739336c1e7f1087240e98134cc002908f6fac",
    );
  });

  it("is an archive with a folder for each run", async () => {
    const data = await bytes([], { format: "tensorboard", table: "rows" });
    const names = [0, 0].map(() => "");
    let at = 0;
    for (let i = 0; i < 2; i += 1) {
      const head = data.subarray(at, at + 512);
      names[i] = `${head.toString("utf8", 345, 500)}/${head.toString("utf8", 0, 100)}`.replaceAll("\0", "");
      at += 512 + Math.ceil(Number.parseInt(head.toString("utf8", 124, 135), 8) / 512) * 512;
    }
    expect(names).toEqual(["a", "b"].map((id) => `/${id}/events.out.tfevents.1795953600.palimpsest`));
    expect(data.length).toBe(at + 1024);
    const long = { path: "x".repeat(300), data: new Uint8Array(), modified: 0 };
    expect(() => [...tarEntry(long)]).toThrow("too long");
  });
});

describe("SQL", () => {
  it("reads runs, rows, probes and changes", async () => {
    const { columns, rows, isComplete } = await registry.query(
      `select id, rank, (select max(loss) from rows where run = runs.run) as worst, (select any_value("chrf English→Velan") from probes where run = runs.run) as chrf,
       (select value from changes where run = runs.run) as turned from runs order by id`,
    );
    expect(columns).toEqual(["id", "rank", "worst", "chrf", "turned"]);
    expect([rows, isComplete]).toEqual([
      [
        ["a", "2", 4, 0.25, "0.5"],
        ["b", "full", 7, null, null],
      ],
      true,
    ]);
  });

  it("reaches no file, no network and no setting", async () => {
    const attacks = [
      "select * from read_text('/etc/passwd')",
      `copy runs to '${folder}/x.csv'`,
      "attach 'x.db'",
      "install httpfs",
      "set enable_external_access = true",
    ];
    const refused = await Promise.all(attacks.map((sql) => registry.query(sql).catch((error: Error) => error.message)));
    for (const [at, each] of refused.entries()) expect(each, attacks[at]!).toMatch(/disabled by configuration|locked/);
  });

  it("says what is wrong with a query", async () => {
    await expect(registry.query("select nothing from runs")).rejects.toThrow(/Referenced column "nothing" not found/);
  });
});

describe("columns that only some rows have", () => {
  let own: Registry;
  beforeAll(async () => {
    const place = await realpath(await mkdtemp(join(tmpdir(), "columns-")));
    const rows = [
      { step: 1, loss: 4, rationale: 2 },
      { step: 2, loss: 3 },
    ];
    await writeRun(place, { id: "a", rows, probes: [{ step: 1, once: 0.5 }] });
    await writeRun(place, { id: "b", rows: [{ step: 1, loss: 4, Loss: 5, text: "x" }], probes: [] });
    own = new Registry(place);
  });

  it("are in SQL, Parquet and CSV, although the last row lacks them", async () => {
    const { columns, rows } = await own.query(
      "select max(rationale), count(loss), max(once) from rows full join probes using (run)",
    );
    expect([columns.length, rows]).toEqual([3, [[2, 3, 0.5]]]);
    const pieces: Uint8Array[] = [];
    const { data } = await own.export([], { format: "parquet", table: "rows" });
    for await (const piece of data) pieces.push(Buffer.from(piece));
    const read = await parquetRows("x", new Uint8Array(Buffer.concat(pieces)));
    expect(read.map(({ text: json }) => JSON.parse(json).rationale)).toEqual([2, null, null]);
    let text = "";
    for await (const piece of (await own.export([], { format: "csv", table: "rows" })).data) text += piece;
    expect(text.split("\r\n")[0]).toBe("run,step,loss,rationale,Loss");
  });
});

describe("an export of many runs", () => {
  it("comes in pieces, lets others have their turn, and holds nothing when it is broken off", async () => {
    const place = await realpath(await mkdtemp(join(tmpdir(), "many-")));
    const rows = Array.from({ length: 300 }, (_, i) => ({ step: i + 1, loss: 1 / (i + 1), gradNorm: i }));
    for (let n = 0; n < 60; n += 1) await writeRun(place, { id: `r${n}`, rows });
    const many = new Registry(place);
    await many.list();
    for (const format of ["csv", "json", "tensorboard"] as const) {
      let [turns, pieces] = [0, 0];
      const timer = setInterval(() => (turns += 1), 1);
      for await (const _ of (await many.export([], { format, table: "rows" })).data) pieces += 1;
      clearInterval(timer);
      expect(pieces, format).toBeGreaterThan(5);
      expect(turns, format).toBeGreaterThan(5);
    }
    const before = (await readdir(tmpdir())).filter((name) => name.startsWith("palimpsest-export-")).length;
    const { data } = await many.export([], { format: "parquet", table: "rows" });
    for await (const _ of data) break;
    expect((await readdir(tmpdir())).filter((name) => name.startsWith("palimpsest-export-")).length).toBe(before);
  });
});
