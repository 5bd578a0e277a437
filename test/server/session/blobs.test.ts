import { mkdtemp, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { blobFolder } from "../../../server/session/blobs.ts";
import { openSession } from "../../../server/session/open.ts";
import type { Session } from "../../../server/session/session.ts";
import { cellState } from "../../../server/state/state.ts";
import type { BlobOutput } from "../../../server/values.ts";
import { until } from "../until.ts";

const open: Session[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((session) => session.close()));
});

async function opened(workspace: string): Promise<Session> {
  const session = await openSession({ workspace, path: "n.ts", seed: 1, backend: "cpu", use: { kind: "page" } });
  open.push(session);
  return session;
}

async function withLargeOutput(): Promise<{ workspace: string; session: Session; blob: BlobOutput }> {
  const workspace = await mkdtemp(join(tmpdir(), "blobs-"));
  const source = `import { md, show } from "palimpsest";
show(md\`small\`);
show(md\`\${"x".repeat(200_000)}\${Math.random()}\`);
`;
  await writeFile(join(workspace, "n.ts"), `// %% big\n${source}`);
  const session = await opened(workspace);
  return { workspace, session, blob: await run(session) };
}

async function run(session: Session): Promise<BlobOutput> {
  const generation = cellState(session.state, "big")!.generation;
  await session.request({ type: "run", cells: ["big"] });
  await until(() => {
    const cell = cellState(session.state, "big");
    return cell?.status === "done" && cell.generation > generation;
  });
  const cell = cellState(session.state, "big")!;
  expect(cell.outputs[0]).toEqual({ kind: "markdown", text: "small" });
  const output = cell.outputs[1];
  if (output?.kind !== "blob") throw new Error(`expected a blob, got ${output?.kind}`);
  return output;
}

it("a large output is stored beside the log and read by its name, at once and in the next session", async () => {
  const { workspace, session, blob } = await withLargeOutput();
  const text = await session.blob(blob.hash);
  expect(JSON.parse(text!)).toMatchObject({ kind: "markdown", text: expect.stringMatching(/^x{200000}0/) });
  await session.close();
  expect(await readdir(blobFolder(workspace, "n.ts"))).toEqual([blob.hash]);
  const next = await opened(workspace);
  expect(cellState(next.state, "big")?.outputs[1]).toEqual(blob);
  expect(await next.blob(blob.hash)).toBe(text);
});

it("outputs that nothing shows any more are removed", async () => {
  const { workspace, session, blob } = await withLargeOutput();
  const second = await run(session);
  await session.close();
  expect(second.hash).not.toBe(blob.hash);
  expect(await readdir(blobFolder(workspace, "n.ts"))).toEqual([second.hash]);
});

it.each([
  ["another content under its name", (text: string) => text.replace("xxx", "yyy")],
  ["no output", () => '{"kind":"script","code":"alert(1)"}'],
  ["no JSON", () => "<script>"],
])("%s is not served", async (_, changed) => {
  const { workspace, session, blob } = await withLargeOutput();
  const text = (await session.blob(blob.hash))!;
  await session.close();
  await writeFile(join(blobFolder(workspace, "n.ts"), blob.hash), changed(text));
  const next = await opened(workspace);
  expect(await next.blob(blob.hash)).toBeUndefined();
  expect(await next.blob("../../../n.ts")).toBeUndefined();
});
