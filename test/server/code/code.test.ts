/** Our own code is compiled once per version of its files, and loaded as TypeScript where nothing can be kept. */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const run = promisify(execFile);
let project: string;
let kept: string;

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), "palimpsest-code-"));
  for (const part of ["cells", "server", "ui", "package.json"])
    await cp(join(root, part), join(project, part), {
      recursive: true,
      filter: (path) => !path.includes(".palimpsest"),
    });
  const packages = join(project, "node_modules");
  await mkdir(packages);
  for (const name of await readdir(join(root, "node_modules")))
    if (!name.startsWith(".")) await symlink(join(root, "node_modules", name), join(packages, name));
  kept = join(packages, ".palimpsest-code");
  await writeFile(
    join(project, "n.ts"),
    '// %% a\nimport { tf } from "palimpsest";\ntf.ones([2]).sum().dataSync()[0]\n',
  );
});
afterAll(() => rm(project, { recursive: true, force: true }));
beforeEach(() => rm(kept, { recursive: true, force: true }));

const palimpsest = (...args: string[]): Promise<{ stdout: string }> =>
  run(process.execPath, [join(project, "server", "palimpsest.mjs"), ...args], { cwd: project });
const computed = async (): Promise<unknown> =>
  JSON.parse((await palimpsest("run", "n.ts", "--json", "--no-record", "--backend", "cpu")).stdout.trim());

it("is compiled by the first processes that need it, also several at once, and each change is compiled again", async () => {
  const { version } = JSON.parse(await readFile(join(project, "package.json"), "utf8"));
  const first = await Promise.all([1, 2, 3].map(() => palimpsest("--version")));
  expect(first.map(({ stdout }) => stdout)).toEqual(Array(3).fill(`${version}\n`));
  expect((await readdir(kept)).map((name) => name.split("-")[0])).toEqual(["code"]);
  expect(await computed()).toMatchObject({ status: "done" });

  const file = join(project, "server", "main.ts");
  const text = await readFile(file, "utf8");
  for (const word of ["first", "second", "third"]) {
    await writeFile(file, text.replace(/`\$\{await version\(\)\}\\n`/, `"${word}\\n"`));
    expect((await palimpsest("--version")).stdout).toBe(`${word}\n`);
  }
  await writeFile(file, text);
  // Old versions do not gather.
  expect((await readdir(kept)).length).toBe(3);
}, 60_000);

it("is loaded as TypeScript where nothing can be kept beside the packages", async () => {
  await writeFile(kept, "");
  expect(await computed()).toMatchObject({ status: "done" });
  expect(await readFile(kept, "utf8")).toBe("");
}, 60_000);
