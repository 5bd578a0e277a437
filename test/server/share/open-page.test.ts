/** `palimpsest start page.html`: a shared page becomes a folder beside it, in which nothing runs by itself. */
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openSession } from "../../../server/session/open.ts";
import { unpackPage } from "../../../server/share/open-page.ts";
import { palimpsest } from "../records/stage.ts";
import { NOTEBOOK, SharedStage, writtenSession } from "./stage.ts";

let folder: string;
const page = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await writtenSession(new SharedStage().run().state);
  await writeFile(join(folder, "small.ts"), '// %% a\nimport { show } from "palimpsest";\nshow([{ n: 3 }]);\n');
  await palimpsest("export", join(folder, "n.ts"), "-o", page("shared.html"));
  await palimpsest("run", join(folder, "small.ts"));
  await palimpsest("export", join(folder, "small.ts"), "-o", page("recorded.html"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it("of a session has its notebook and the values of its inputs, and is inert", async () => {
  const made = await unpackPage(page("shared.html"));
  expect(made).toBe(join(folder, "shared"));
  expect(await readFile(join(made, "n.ts"), "utf8")).toBe(
    NOTEBOOK.replace("// %% [markdown] title", "// %% title [markdown]"),
  );
  const session = await openSession({ workspace: made, path: "n.ts", seed: 1, use: { kind: "page" } });
  try {
    expect(session.state.userRan).toBe(false);
    expect(session.state.kernel.status).toBe("off");
    expect(session.state.inputValues).toMatchObject({ weight: 2 });
  } finally {
    await session.close();
  }
});

it("is opened again as it is, and does not touch a folder of the same name", async () => {
  const made = await unpackPage(page("shared.html"));
  await writeFile(join(made, "n.ts"), "// %% own\n1;\n");
  expect(await unpackPage(page("shared.html"))).toBe(made);
  expect(await readFile(join(made, "n.ts"), "utf8")).toBe("// %% own\n1;\n");
  await palimpsest("export", join(folder, "n.ts"), "-o", page("shared.html"), "--note", "another page");
  expect(await unpackPage(page("shared.html"))).toBe(join(folder, "shared-2"));
});

it("of a record has the record too, which verifies", async () => {
  const made = await unpackPage(page("recorded.html"));
  const records = join(made, ".palimpsest", "records");
  const [id = ""] = await readdir(records);
  expect(await palimpsest("verify", join(records, id))).toMatchObject({ code: 0 });
  expect(await unpackPage(page("recorded.html"))).toBe(made);
});

it("finds a changed byte in the record", async () => {
  const html = await readFile(page("recorded.html"), "utf8");
  const at = html.indexOf('id="palimpsest-file-0">') + 'id="palimpsest-file-0">'.length;
  const end = html.indexOf("<", at);
  const bytes = Buffer.from(html.slice(at, end), "base64");
  const { unzipSync, zipSync } = await import("fflate");
  const files = unzipSync(new Uint8Array(bytes));
  const outputs = Object.keys(files).find((name) => name === "outputs.json")!;
  files[outputs] = Buffer.from(Buffer.from(files[outputs]!).toString().replace("3", "4"));
  const changed = html.slice(0, at) + Buffer.from(zipSync(files)).toString("base64") + html.slice(end);
  await writeFile(page("changed.html"), changed);
  await expect(unpackPage(page("changed.html"))).rejects.toThrow("outputs.json was changed");
});

it("refuses other pages, and names that lead elsewhere", async () => {
  await writeFile(page("other.html"), "<!doctype html><p>Hello");
  await expect(unpackPage(page("other.html"))).rejects.toThrow("not a page that palimpsest export has made");
  const html = await readFile(page("shared.html"), "utf8");
  for (const name of ["../evil.ts", "/evil.ts", "a/b.ts", "x.js", "con.ts"]) {
    await writeFile(
      page("evil.html"),
      html.replace('"notebook":{"name":"n.ts"', `"notebook":{"name":${JSON.stringify(name)}`),
    );
    await expect(unpackPage(page("evil.html")), name).rejects.toThrow("invalid name");
  }
  await writeFile(page("broken.html"), html.replace('"format":"palimpsest-share/1"', '"format":"other"'));
  await expect(unpackPage(page("broken.html"))).rejects.toThrow("its data is not valid");
});
