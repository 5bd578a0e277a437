/** A record is forked beside its notebook: what is missing comes back, what is there stays, and nothing harmful is written. */
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { putBack, recordedText } from "../../../server/records/fork-record.ts";
import type { OpenRecord } from "../../../server/records/open-record.ts";
import { type ExperimentRecord, FORMAT } from "../../../server/records/record.ts";
import { files, folder } from "./stage.ts";

let root: string;
beforeEach(async () => {
  root = await folder("fork");
});

async function recorded(
  texts: Readonly<Record<string, string>>,
  change: Partial<ExperimentRecord> = {},
): Promise<OpenRecord> {
  const place = join(root, ".palimpsest", "records", "r");
  const all = { "n.ts": "// %% a\n1\n", ...texts };
  for (const [path, text] of Object.entries(all)) {
    await mkdir(dirname(join(place, "workspace", path)), { recursive: true });
    await writeFile(join(place, "workspace", path), text);
  }
  const record: ExperimentRecord = {
    ...{ format: FORMAT, id: "r", notebook: "n.ts", created: "2026-01-01T00:00:00Z", status: "done", seed: 1 },
    ...{ inputs: {}, environment: {}, runs: [], cells: [], files: [], models: [], data: [] },
    ...change,
  };
  const whole = { leftOut: [], sealed: true, digest: "", tables: new Map(), outputs: [], results: [] };
  return { folder: place, record, ...whole, workspace: Object.keys(all) };
}
const text = (path: string) => readFile(join(root, path), "utf8").catch(() => undefined);

it("puts back what is not there, leaves what is there, and names what differs or is missing", async () => {
  await files(root, { "n.ts": "// %% a\n2\n", "lib.ts": "new" });
  const data = [{ path: "big.csv", sha256: "0".repeat(64), bytes: 5, included: false }];
  const open = await recorded({ "lib.ts": "old", "data/words.txt": "words" }, { data });
  expect(await putBack(open)).toEqual({ missing: ["big.csv"], changed: ["lib.ts"] });
  expect(await recordedText(open)).toBe("// %% a\n1\n");
  expect(await Promise.all(["n.ts", "lib.ts", "data/words.txt"].map(text))).toEqual(["// %% a\n2\n", "new", "words"]);
});

it("writes nothing hidden, nothing that configures other programs, and nothing through a link", async () => {
  const outside = await folder("outside");
  await symlink(outside, join(root, "linked"));
  const paths = [
    ".git/hooks/pre-commit",
    "package.json",
    "sub/tsconfig.json",
    "vite.config.ts",
    "node_modules/x/index.js",
    "linked/x.txt",
  ];
  const open = await recorded({
    ...Object.fromEntries(paths.map((path) => [path, "bad"])),
    ".palimpsest/files/ab/words.txt": "uploaded",
    "model/config.json": "{}",
  });
  expect(await putBack(open)).toEqual({ missing: paths, changed: [] });
  expect(await Promise.all(paths.map(text))).toEqual(paths.map(() => undefined));
  expect(await text("model/config.json")).toBe("{}");
  expect(await text(".palimpsest/files/ab/words.txt")).toBe("uploaded");
});
