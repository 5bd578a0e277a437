/** A folder with a `tsconfig.json` that maps our packages to its own files: no command loads them. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const palimpsest = fileURLToPath(new URL("../../server/palimpsest.mjs", import.meta.url));

it.each([
  [["--version"], 0],
  [["check", "n.ts"], 0],
  [["run", "n.ts", "--backend", "cpu", "--json"], 0],
] as const)("palimpsest %j", async (args, status) => {
  const folder = await mkdtemp(join(tmpdir(), "tsconfig-"));
  const witness = join(folder, "loaded");
  await writeFile(
    join(folder, "evil.ts"),
    `import { writeFileSync } from "node:fs";\nwriteFileSync(${JSON.stringify(witness)}, "");\n`,
  );
  const names = ["acorn", "acorn-walk", "hono", "valibot", "chokidar", "@tensorflow/tfjs", "*"];
  const paths = Object.fromEntries(names.map((name) => [name, ["./evil.ts"]]));
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: { baseUrl: ".", paths } }));
  await writeFile(join(folder, "n.ts"), "// %% a\nconst a = 1;\n");
  const done = spawnSync(process.execPath, [palimpsest, ...args], { cwd: folder, encoding: "utf8" });
  expect([args, done.status, done.stderr.includes("rror")]).toEqual([args, status, false]);
  expect(existsSync(witness)).toBe(false);
});
