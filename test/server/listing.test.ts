import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { listNotebooks } from "../../server/listing.ts";

async function listed(files: Readonly<Record<string, string>>) {
  const folder = await mkdtemp(join(tmpdir(), "listing-"));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return listNotebooks(folder, async () => undefined);
}

it("finds notebooks in folders, and leaves out hidden folders, packages and other TypeScript files", async () => {
  const notebook = "// %% a\n1\n";
  const found = await listed({
    "z.ts": notebook,
    "deep/er/a.ts": notebook,
    "plain.ts": "export {};\n",
    ".hidden/b.ts": notebook,
    "node_modules/x/c.ts": notebook,
  });
  expect(found.map(({ path }) => path)).toEqual(["deep/er/a.ts", "z.ts"]);
});

it("shows the first heading and the paragraph below it", async () => {
  const prose =
    "// %% [markdown]\n// Before.\n//\n// # The `title` #\n//\n// One\n// two.\n//\n// Three.\n\n// %% a\n1\n";
  expect(await listed({ "a.ts": prose })).toMatchObject([{ title: "The title", summary: "One two.", cells: 2 }]);
});

it("shows the path of a notebook without a heading, and cuts off a long summary", async () => {
  const prose = `// %% [markdown]\n// ${"word ".repeat(100)}\n`;
  const [notebook] = await listed({ "a.ts": prose });
  expect(notebook?.title).toBe("a.ts");
  expect(notebook?.summary).toMatch(/^word .*…$/);
  expect(notebook?.summary).toHaveLength(280);
});

it("shows no summary if another heading follows at once", async () => {
  const prose = "// %% [markdown]\n// # One\n//\n// ## Two\n//\n// Text.\n";
  expect(await listed({ "a.ts": prose })).toMatchObject([{ title: "One", summary: "" }]);
});
