/** The table of device functions in the README agrees with the registered kernels. */
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { formsTable } from "../../../cells/device/table.ts";

test("cells/device/README.md has the right table of forms", async () => {
  const readme = await readFile(new URL("../../../cells/device/README.md", import.meta.url), "utf8");
  const table = readme.split("\n").filter((line) => line.startsWith("|"));
  expect(table.join("\n"), "npx tsx cells/device/table.ts prints the right table").toBe(formsTable());
});
