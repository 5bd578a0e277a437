/** Which of the files that cells use go into a record, and how. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { MOST_OF_FILE, SHIPPED_MODELS, UsedFiles } from "../../../server/records/used-files.ts";
import { folder } from "./stage.ts";

async function written(path: string, bytes: string | Uint8Array = path): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
  return path;
}

it("data goes in by content, large data by digest, models outside by name and digests, other files not at all", async () => {
  const [workspace, record, elsewhere] = [await folder("used"), await folder("record"), await folder("model")];
  const used = new UsedFiles(workspace, record);
  await used.add({ type: "model-used", name: elsewhere, folder: elsewhere });
  for (const path of [
    await written(join(workspace, "data/small.txt")),
    await written(join(workspace, "large.bin"), new Uint8Array(MOST_OF_FILE + 1)),
    await written(join(workspace, ".palimpsest/cache/x.json")),
    await written(join(workspace, "node_modules/p/index.js")),
    await written(join(elsewhere, "tokenizer.json")),
    await written(join(dirname(elsewhere), "hosts.txt")),
    join(workspace, "missing.txt"),
  ])
    await used.add({ type: "file-used", path });
  expect(used.data.map(({ path, included }) => [path, included])).toEqual([
    ["data/small.txt", true],
    ["large.bin", false],
  ]);
  expect(used.models).toMatchObject([{ origin: "outside", files: [{ path: "tokenizer.json" }] }]);
  expect(JSON.stringify(used.models)).not.toContain(elsewhere);
});

it("a model that ships with Palimpsest stays out, also where Palimpsest lies in the workspace or among packages", async () => {
  const tiny = join(SHIPPED_MODELS, "tiny-chat");
  for (const workspace of [dirname(SHIPPED_MODELS), await folder("used")]) {
    const used = new UsedFiles(workspace, await folder("record"));
    await used.add({ type: "model-used", name: "tiny-chat", folder: tiny });
    await used.add({ type: "file-used", path: join(tiny, "config.json") });
    expect(used.data).toEqual([]);
    expect(used.models).toMatchObject([{ name: "tiny-chat", origin: "shipped", files: [{ path: "config.json" }] }]);
  }
});
