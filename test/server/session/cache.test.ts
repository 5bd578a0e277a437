/** The cache, with real kernels and real files; kernels and sessions really end. */
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { type CachedResult, cachePath, readCached, sealed } from "../../../server/session/cache.ts";
import { writeSafely } from "../../../server/session/write-file.ts";
import { type CellState, heldValues, refusalOf } from "../../../server/state/cell-state.ts";
import { until } from "../until.ts";
import { cell, closeAll, opened, printed, ran, rest, workspaceOf } from "./workbench.ts";

afterEach(closeAll);

const COSTLY = `// %% seed
import { input, report, tf } from "palimpsest";
console.log("seed ran");
const start = 2;

// %% costly cache
const scale = input.number("scale", { value: 3 });
console.log("costly ran");
const bits = tf.tensor(new Float32Array([NaN, -0, 1e-42, 1 / 3, start]));
const whole = tf.tensor([[1, 2], [3, 4]], [2, 2], "int32");
const truth = tf.tensor([true, false], [2], "bool");
const weight = tf.variable(tf.scalar(7), false, "weight");
const shared = { list: [1, undefined, NaN, -0, 12n] as unknown[] };
shared.list.push(shared);
const data = {
  shared, again: shared, map: new Map<unknown, unknown>([["a", new Set([1])]]), day: new Date(0),
  bytes: new Uint16Array([1, 65535]), nothing: null,
};
report([{ method: "kept", score: 1 }]);
data.day

// %% user
const read = [...new Uint8Array(bits.dataSync().buffer.slice(0))].join(" ");
console.log(read);
console.log(whole.dtype, [...whole.dataSync()].join(), truth.dtype, [...truth.dataSync()].join(), scale);
console.log(weight.constructor.name, weight.trainable, weight.dataSync()[0]);
console.log(data.shared === data.again, data.shared.list[5] === data.shared, data.shared.list.slice(1, 5), data.map, data.bytes);
`;

const cached = ({ cache }: CellState): string | undefined => (cache.kind === "stored" ? cache.snapshot : undefined);
const restored = (state: CellState): boolean => heldValues(state)?.restored ?? false;

it("restores values, tensors bit for bit, and outputs after a restart of the server, without running ancestors", async () => {
  const workspace = await workspaceOf({ "n.ts": COSTLY });
  const first = await opened(workspace);
  await ran(first);
  await until(() => cached(cell(first, "costly")) !== undefined);
  const before = printed(first, "user");
  expect(before[0]).toMatch(/^0 0 192 127/);
  const outputs = cell(first, "costly").outputs;
  await first.close();

  const again = await opened(workspace);
  expect(cell(again, "costly")).toMatchObject({ stale: false, status: "idle", outputs });
  await ran(again, "user");
  expect(printed(again, "user")).toEqual(before);
  expect(cell(again, "costly")).toMatchObject({ status: "done", values: { restored: true }, stale: false, outputs });
  expect(printed(again, "costly")).toEqual(["costly ran"]);
  expect(again.state.results).toEqual([{ method: "kept", score: 1 }]);
  expect(cell(again, "seed")).toMatchObject({ status: "idle", generation: 1 });
  // A declared input is back, and works.
  await again.request({ type: "input", cell: "costly", name: "scale", value: 5 });
  await rest(again);
  expect(printed(again, "user")[1]).toMatch(/ 5$/);
  expect(cell(again, "costly").generation).toBe(2);
  // Asked for by name while it is fresh, it computes.
  await ran(again, "costly");
  expect(restored(cell(again, "costly"))).toBe(false);
  expect(cell(again, "seed").status).toBe("done");
  expect(printed(again, "user")[0]).toBe(before[0]);
});

it("shows the cached outputs even if the log is missing", async () => {
  const workspace = await workspaceOf({ "n.ts": COSTLY });
  const first = await opened(workspace);
  await ran(first);
  await until(() => cached(cell(first, "costly")) !== undefined);
  const { outputs } = cell(first, "costly");
  await first.close();
  await rm(join(workspace, ".palimpsest/sessions"), { recursive: true });
  const again = await opened(workspace);
  expect(cell(again, "costly")).toMatchObject({ generation: 0, stale: false, outputs });
  expect(cell(again, "user").outputs).toEqual([]);
});

it("restores the result of unchanged code, also after an edit was undone", async () => {
  const session = await opened(
    await workspaceOf({ "n.ts": "// %% a cache\nconst a = Math.random();\n\n// %% b\nconsole.log(a);\n" }),
  );
  await ran(session);
  await until(() => cached(cell(session, "a")) !== undefined);
  const [value] = printed(session, "b");
  const edit = (source: string) => session.request({ type: "edit", cell: "a", source, by: "me" });
  await edit("const a = 5;");
  await ran(session, "a");
  expect(printed(session, "b")).toEqual(["5"]);
  await edit("const a = Math.random(); // as before");
  await until(() => cached(cell(session, "a")) === cell(session, "a").snapshot);
  expect(cell(session, "a").stale).toBe(true);
  await ran(session, "a");
  expect(printed(session, "b")).toEqual([value]);
  expect(restored(cell(session, "a"))).toBe(true);
});

it("runs the cell and its ancestors if a file is damaged or was changed", async () => {
  const workspace = await workspaceOf({ "n.ts": COSTLY });
  const first = await opened(workspace);
  await ran(first);
  await until(() => cached(cell(first, "costly")) !== undefined);
  const folder = join(workspace, ".palimpsest/cache", cached(cell(first, "costly")) ?? "");
  await first.close();
  expect(await readdir(folder)).toEqual(["seed-1.json", "seed-1.safetensors"]);
  const file = join(folder, "seed-1.safetensors");
  const bytes = await readFile(file);
  // One bit is another: seen only when the tensors are read, with the session sure of the cache.
  await writeFile(file, bytes.with(bytes.length - 1, bytes.at(-1)! ^ 1));
  const again = await opened(workspace);
  expect(cell(again, "costly").stale).toBe(false);
  await ran(again, "user");
  expect(restored(cell(again, "costly"))).toBe(false);
  expect([cell(again, "seed").status, cell(again, "user").status]).toEqual(["done", "done"]);
  await until(() => cached(cell(again, "costly")) !== undefined);
  await again.close();
  for (const torn of ["seed-1.json", "seed-1.safetensors"]) {
    await truncate(join(folder, torn), 100);
    const session = await opened(workspace);
    expect(cell(session, "costly").stale).toBe(true);
    await session.close();
    await writeFile(file, bytes);
  }
});

it("says why a value that is neither data, tensor nor model cannot be stored", async () => {
  const text = `// %% fn cache
const helpers = { inner: { square: (x: number) => x * x } };

// %% made cache
const made = new (class Counter { n = 1; })();

// %% half cache
import { input } from "palimpsest";
const half = input.number("half", { value: 4 }) / 2;

// %% knob
const live = input.live.number("live", { value: 4 });

// %% reads cache
const seen = live.value;
`;
  const session = await opened(await workspaceOf({ "n.ts": text }));
  await ran(session);
  await until(() => ["fn", "made", "half", "reads"].every((id) => refusalOf(cell(session, id)) !== undefined));
  expect(cell(session, "fn")).toMatchObject({
    status: "done",
    cache: { kind: "refused", reason: expect.stringMatching(/^helpers\.inner\.square is a function\./) },
  });
  expect(refusalOf(cell(session, "made"))).toMatch(/^made is a Counter\./);
  expect(refusalOf(cell(session, "half"))).toMatch(/half-2 is part of an expression/);
  expect(refusalOf(cell(session, "reads"))).toMatch(/live input live/);
});

it("restores the fresh cells when the kernel dies, and leaves the others stale", async () => {
  const session = await opened(
    await workspaceOf({
      "n.ts":
        '// %% plain\nconst plain = 1;\n\n// %% kept cache\nconst kept = [plain, Math.random()];\n\n// %% after\nconsole.log(kept[1]);\n\n// %% death mode=manual\n(await import("node:child_process")).spawn("kill", ["-KILL", String(process.pid)]); await new Promise(() => {});\n',
    }),
  );
  await ran(session, "plain", "after");
  await until(() => cached(cell(session, "kept")) !== undefined);
  const [value] = printed(session, "after");
  const pid = session.state.kernel.status === "ready" && session.state.kernel.pid;
  await session.request({ type: "run", cells: ["death"] });
  await until(() => restored(cell(session, "kept")) && cell(session, "kept").status === "done");
  expect(session.state.kernel.status === "ready" && session.state.kernel.pid).not.toBe(pid);
  expect(cell(session, "kept").stale).toBe(false);
  expect([cell(session, "plain"), cell(session, "after")]).toMatchObject([
    { stale: true, status: "idle" },
    { stale: true, status: "idle" },
  ]);
  await ran(session, "after");
  expect(printed(session, "after")).toEqual([value]);
  expect(cell(session, "plain").status).toBe("idle");
});

it("ignores a file whose outputs have a wrong shape, even if its signature is right", async () => {
  const workspace = await mkdtemp(join(tmpdir(), "cached-"));
  const entry = { workspace, snapshot: "abc", seed: 1 };
  const depends = { version: "1", backend: "cpu", files: [], packages: [] };
  const result = (outputs: readonly unknown[]) =>
    ({ format: 2, depends, shown: { outputs, console: [], inputs: [], results: [] }, values: {} }) as CachedResult;
  const write = (outputs: readonly unknown[]) =>
    writeSafely(`${cachePath(entry)}.json`, sealed(entry, result(outputs), "key"));
  await write([{ kind: "text", text: "right" }]);
  const found = await readCached(entry, "key");
  expect(found.kind === "own" && found.result.shown.outputs).toEqual([{ kind: "text", text: "right" }]);
  await write([{ kind: "text", text: 7 }]);
  expect(await readCached(entry, "key")).toEqual({ kind: "none" });
});
