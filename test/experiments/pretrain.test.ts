/** The model that ships is the one that `experiments/pretrain.ts` trains: its file has the digest, and the first steps can be repeated. */
import { createHash } from "node:crypto";
import { copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openSession } from "../../server/session/open.ts";
import golden from "../golden/pretrain.json" with { type: "json" };
import { until } from "../server/until.ts";

const experiments = new URL("../../experiments/", import.meta.url);

it("the committed weights have the digest in the golden file", async () => {
  const weights = await readFile(new URL("models/tiny-chat/model.safetensors", experiments));
  expect(createHash("sha256").update(weights).digest("hex")).toBe(golden.sha256);
  expect(weights.length).toBeLessThan(16 * 1024 * 1024);
});

it("the first 20 losses of the pre-training can be repeated bit for bit", async () => {
  const workspace = await mkdtemp(join(tmpdir(), "pretrain-"));
  await copyFile(new URL("pretrain.ts", experiments), join(workspace, "pretrain.ts"));
  const use = { kind: "headless", inputs: {} } as const;
  const session = await openSession({ workspace, path: "pretrain.ts", backend: golden.backend, seed: 1, use });
  try {
    const losses = (): number[] =>
      Object.values(session.state.runs).flatMap(({ rows }) => rows.map(({ loss }) => loss));
    await session.request({ type: "run", cells: "all" });
    await until(() => {
      const failed = session.state.cells.find(({ status }) => status === "failed");
      if (failed) throw new Error(`${failed.cell.id}: ${failed.error?.message}`);
      return losses().length >= golden.losses.length;
    }, 120);
    expect(losses().slice(0, golden.losses.length)).toEqual(golden.losses);
  } finally {
    await session.close();
    await rm(workspace, { recursive: true, force: true });
  }
}, 150_000);
