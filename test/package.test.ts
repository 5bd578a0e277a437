/** What `npm pack` gives: all that a user needs, and nothing of whoever packs it. */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const run = promisify(execFile);
const root = fileURLToPath(new URL("..", import.meta.url));
const experiments = ["radis", "transllm", "rank", "own-method", "own-model", "pretrain"];
/** Files that use and work leave behind. */
const local = [
  "experiments/.palimpsest/runs/r1/rows.jsonl",
  "experiments/mine.ts",
  "experiments/sentences.tsv",
  "experiments/models/mine/model.safetensors",
  "cells/.palimpsest/cache/x.json",
  "server/debug.log",
  ".env",
  "experiments/.env",
];

let folder: string;
let files: readonly string[];
let size: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "palimpsest-pack-"));
  const source = join(folder, "source");
  const parts = [
    "cells",
    "server",
    "ui",
    "experiments",
    "test",
    "package.json",
    "tsconfig.json",
    "LICENSE",
    "README.md",
  ];
  const filter = (path: string): boolean => !path.includes(".palimpsest");
  for (const part of parts) await cp(join(root, part), join(source, part), { recursive: true, filter });
  for (const file of local) {
    await mkdir(join(source, dirname(file)), { recursive: true });
    await writeFile(join(source, file), "local");
  }
  const { stdout } = await run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], {
    cwd: source,
  });
  const [packed] = JSON.parse(stdout) as { size: number; filename: string; files: { path: string }[] }[];
  files = packed!.files.map(({ path }) => path);
  size = packed!.size;
  await run("tar", ["-xzf", join(folder, packed!.filename), "-C", folder]);
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the package", () => {
  it("holds the program, its notebooks and the embedded model, below 8 MB", () => {
    const needed = [
      "server/palimpsest.mjs",
      "cells/index.ts",
      "cells/device/wasm/kernels.wasm",
      "ui/main.ts",
      "tsconfig.json",
      "LICENSE",
      "README.md",
      "experiments/models/tiny-chat/model.safetensors",
      "experiments/models/tiny-chat/tokenizer_config.json",
      ...experiments.map((name) => `experiments/${name}.ts`),
    ];
    expect(files).toEqual(expect.arrayContaining(needed));
    expect(size).toBeLessThan(8e6);
  });

  it("holds no test and no local file", () => {
    expect(files.filter((file) => local.includes(file) || /(^|\/)\.|(^|\/)test\/|\.test\.ts$/.test(file))).toEqual([]);
  });
});

describe("installed in an empty project", () => {
  const notebook = `// %% numbers
import { input, report, tf } from "palimpsest";
const n = input.number("n", { value: 3 });
report([{ method: "sum", n, sum: tf.sum(tf.range(0, n)).dataSync()[0]! }]);
`;
  let project: string;

  beforeAll(async () => {
    project = join(folder, "project");
    const modules = join(project, "node_modules");
    await mkdir(modules, { recursive: true });
    await cp(join(folder, "package"), join(modules, "palimpsest"), { recursive: true });
    // As npm lays them: beside the package.
    for (const name of await readdir(join(root, "node_modules")))
      if (name !== "palimpsest" && !name.startsWith("."))
        await symlink(join(root, "node_modules", name), join(modules, name));
    await mkdir(join(project, "mine"));
    await writeFile(join(project, "mine", "sum.ts"), notebook);
  });
  const palimpsest = (...args: string[]) =>
    run(process.execPath, [join(project, "node_modules", "palimpsest", "server", "palimpsest.mjs"), ...args], {
      cwd: project,
      env: { ...process.env, CI: "true" },
    });

  it("runs a notebook of the user's own folder", async () => {
    const { stdout } = await palimpsest("run", "mine/sum.ts", "--set", "n=4", "--backend", "cpu", "--json");
    const { results } = JSON.parse(stdout.trim().split("\n").at(-1)!) as { results: unknown };
    expect(results).toEqual([{ method: "sum", n: 4, sum: 6 }]);
  });

  it("opens the workbench on that folder", async () => {
    const started = palimpsest("start", "mine", "--no-open");
    const { child } = started;
    started.catch(() => undefined);
    try {
      const address = await new Promise<string>((resolve, reject) => {
        child.stdout?.on("data", (text: string) => {
          const found = /http:\S+/.exec(text)?.[0];
          if (found) resolve(found);
        });
        child.once("exit", () => reject(new Error("It ended before it said its address.")));
      });
      const page = await fetch(address, { redirect: "manual" });
      const cookie = page.headers.get("set-cookie")?.split(";")[0] ?? "";
      const answer = await fetch(new URL("/api/notebooks", address), { headers: { cookie } });
      expect(await answer.json()).toMatchObject({ notebooks: [{ path: "sum.ts", cells: 1 }] });
    } finally {
      child.kill("SIGTERM");
    }
  });

  it("exports itself", async () => {
    const { name, version } = JSON.parse(await readFile(join(folder, "package", "package.json"), "utf8"));
    expect([name, (await palimpsest("--version")).stdout.trim()]).toEqual([
      "palimpsest",
      expect.stringContaining(version),
    ]);
  });
});
