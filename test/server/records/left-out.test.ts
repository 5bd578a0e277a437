/** Small archives of records: weights and data files may be left out, and nothing else may be missing. */
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, realpath, rm, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { canonicalJson } from "../../../server/records/canonical-json.ts";
import { LEFT_OUT } from "../../../server/records/left-out.ts";
import { openRecord } from "../../../server/records/open-record.ts";
import { packOpened } from "../../../server/records/pack-record.ts";
import { FORMAT } from "../../../server/records/record.ts";
import { unpack } from "../../../server/records/zip.ts";

const ADAPTER = "runs/r1/adapter/adapter_model.safetensors";
const CHECKPOINT = "runs/r1/checkpoints/5.safetensors";
const DATA = "workspace/data.csv";
const FILES = {
  "workspace/n.ts": "// %% a\n1;\n",
  "runs/r1/rows.jsonl": '{"step":1,"loss":2}\n',
  "outputs.json": "[]",
  [ADAPTER]: "weights",
  [CHECKPOINT]: "state",
  [DATA]: "a,b\n",
};
const digest = (text: string): string => createHash("sha256").update(text).digest("hex");

let folder: string;
let record: string;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "left-out-")));
  record = join(folder, "record");
  const files = Object.entries(FILES).map(([path, text]) => ({ path, sha256: digest(text), bytes: text.length }));
  for (const [path, text] of Object.entries(FILES)) {
    await mkdir(dirname(join(record, path)), { recursive: true });
    await writeFile(join(record, path), text);
  }
  const json = canonicalJson({
    ...{ format: FORMAT, id: "record", notebook: "n.ts", created: "2026-01-01T00:00:00Z", status: "done", seed: 1 },
    ...{ inputs: {}, environment: {}, models: [], cells: [], files },
    data: [{ path: "data.csv", sha256: digest(FILES[DATA]), bytes: 4, included: true }],
    runs: [
      {
        ...{ id: "r1", cell: "a", nth: 0, method: "m", steps: 1, status: "done", config: {}, knobs: {} },
        ...{ changes: [], after: [], checkpoints: [5] },
      },
    ],
  });
  await writeFile(join(record, "record.json"), json);
  await writeFile(join(record, "record.sha256"), `${digest(json)}  record.json\n`);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function repacked(leavesOut: (path: string) => boolean): Promise<string> {
  const { bytes } = await packOpened(await openRecord(record), leavesOut);
  const [archive, unpacked] = [join(folder, "x.zip"), await mkdtemp(join(folder, "unpacked-"))];
  await writeFile(archive, bytes);
  await unpack(archive, unpacked);
  return unpacked;
}

it("an archive without weights and data opens, with the same digest, and says what is not there", async () => {
  const whole = await openRecord(record);
  const open = await openRecord(await repacked(() => true));
  expect(open.digest).toBe(whole.digest);
  expect(open.leftOut).toEqual([ADAPTER, CHECKPOINT, DATA].sort());
  expect(open.tables.get("r1")?.rows).toEqual([{ step: 1, loss: 2 }]);
  // As a data file that was too large for the record: looked for by its digest.
  expect(open.record.data).toMatchObject([{ path: "data.csv", included: false }]);
  expect(open.workspace).toEqual(["n.ts"]);
});

it("packed once more it leaves out the same, and what is there is checked", async () => {
  const small = await repacked((path) => path === CHECKPOINT);
  const { bytes } = await packOpened(await openRecord(small), () => false);
  const again = await packOpened(await openRecord(record), (path) => path === CHECKPOINT);
  expect(Buffer.from(bytes).equals(Buffer.from(again.bytes))).toBe(true);
  await writeFile(join(small, ADAPTER), "changed");
  await expect(openRecord(small)).rejects.toThrow(`${ADAPTER} was changed`);
});

it("no list makes up for another file that is missing", async () => {
  await writeFile(join(record, LEFT_OUT), JSON.stringify(["outputs.json", "../x", "runs/r1/rows.jsonl", CHECKPOINT]));
  expect((await openRecord(record)).leftOut).toEqual([]);
  await unlink(join(record, CHECKPOINT));
  expect((await openRecord(record)).leftOut).toEqual([CHECKPOINT]);
  await unlink(join(record, ADAPTER));
  await expect(openRecord(record)).rejects.toThrow(`${ADAPTER} is missing`);
  await writeFile(join(record, ADAPTER), FILES[ADAPTER]);
  await unlink(join(record, "outputs.json"));
  await expect(openRecord(record)).rejects.toThrow("outputs.json is missing");
});
