/** What a record has only by its digests is found again on this machine where it can be, and named where it cannot. */
import { mkdir, readFile, readlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { rememberModels } from "../../../server/records/model-places.ts";
import { openAsNotebook } from "../../../server/records/open-as-notebook.ts";
import type { OpenRecord } from "../../../server/records/open-record.ts";
import { type ExperimentRecord, FORMAT } from "../../../server/records/record.ts";
import { digestOf } from "../../../server/records/used-files.ts";
import { files, folder } from "./stage.ts";

let workspace: string;
/** The folder of a model, with a name that no other test has remembered. */
let model: string;
beforeEach(async () => {
  workspace = await folder("opened");
  model = await folder("model");
  await files(workspace, { "large.csv": "a,b\n1,2\n" });
  await files(model, { "config.json": "{}" });
  await rememberModels([{ name: nameOf(), folder: model }]);
});

const nameOf = (): string => `./${basename(model)}`;

async function recorded(change: Partial<ExperimentRecord> = {}): Promise<OpenRecord> {
  const place = join(workspace, ".palimpsest", "records", "r");
  await mkdir(join(place, "workspace"), { recursive: true });
  await writeFile(join(place, "workspace", "n.ts"), "// %% a\n1\n");
  const file = { path: "config.json", sha256: await digestOf(join(model, "config.json")), bytes: 2 };
  const record: ExperimentRecord = {
    ...{ format: FORMAT, id: "r", notebook: "n.ts", created: "2026-01-01T00:00:00Z", status: "done", seed: 1 },
    ...{ inputs: { count: 7 }, environment: {}, runs: [], cells: [], files: [] },
    models: [{ name: nameOf(), origin: "outside", files: [file], digests: {} }],
    data: [{ path: "large.csv", sha256: await digestOf(join(workspace, "large.csv")), bytes: 8, included: false }],
    ...change,
  };
  return {
    folder: place,
    record,
    sealed: true,
    digest: "",
    tables: new Map(),
    outputs: [],
    results: [],
    workspace: ["n.ts"],
    leftOut: [],
  };
}

it("links the model and the data, and sets the inputs", async () => {
  const target = join(workspace, "again");
  expect(await openAsNotebook(await recorded(), workspace, target)).toEqual([]);
  expect(await readlink(join(target, basename(model)))).toBe(model);
  expect(await readFile(join(target, "large.csv"), "utf8")).toBe("a,b\n1,2\n");
  const inputs = await readFile(join(workspace, ".palimpsest", "inputs", "again", "n.json"), "utf8");
  expect(JSON.parse(inputs)).toEqual({ count: 7 });
});

it("names what has changed since or is not there", async () => {
  const open = await recorded();
  await writeFile(join(workspace, "large.csv"), "changed");
  await writeFile(join(model, "config.json"), '{"changed": 1}');
  expect(await openAsNotebook(open, workspace, join(workspace, "again"))).toEqual(["large.csv", nameOf()]);
});

it.each(["../../mine", "/mine", "./../../../mine"])(
  "links nothing outside of its folder for a model %s",
  async (name) => {
    const open = await recorded();
    await rememberModels([{ name, folder: model }]);
    const record = { ...open.record, models: open.record.models.map((each) => ({ ...each, name })) };
    expect(await openAsNotebook({ ...open, record }, workspace, join(workspace, "again"))).toEqual([name]);
  },
);
