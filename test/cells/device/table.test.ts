/** The documented table of device functions is what the registry holds. */
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { formsTable } from "../../../cells/device/table.ts";

test("cells/device/README.md tells which device function has which form on which backend", async () => {
  const readme = await readFile(new URL("../../../cells/device/README.md", import.meta.url), "utf8");
  const table = readme.split("\n").filter((line) => line.startsWith("|"));
  expect(table.join("\n"), "npx tsx cells/device/table.ts prints what belongs there").toBe(formsTable());
});
