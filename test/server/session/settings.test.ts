/** What a page asks for about cells and the notebook as a whole, as it comes over the wire, and as it is written in the file. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { readMessage } from "../../../server/http/wire.ts";
import { until } from "../until.ts";
import { cell, closeAll, opened, workspaceOf } from "./workbench.ts";

afterEach(closeAll);

it("flags and settings are written to the file and read from it", async () => {
  const workspace = await workspaceOf({ "n.ts": "// %% a\nconst a = 1;\n\n// %% [markdown]\n// text\n" });
  const file = join(workspace, "n.ts");
  const session = await opened(workspace);
  const ask = (request: object) => {
    const reading = readMessage(JSON.stringify({ id: 1, request }));
    if (reading.kind === "invalid") throw new Error(reading.reason);
    return session.request(reading.message.request);
  };
  await ask({ type: "flag", cell: "a", flag: "cache", on: true });
  await ask({ type: "flag", cell: "a", flag: "disabled", on: true });
  await ask({ type: "settings", lazy: true });
  await until(async () =>
    (await readFile(file, "utf8")).startsWith("// palimpsest: run=lazy\n\n// %% a cache disabled\n"),
  );
  await ask({ type: "flag", cell: "a", flag: "disabled", on: false });
  await ask({ type: "settings", ask: "never" });
  await until(async () =>
    (await readFile(file, "utf8")).startsWith("// palimpsest: run=lazy ask=never\n\n// %% a cache\n"),
  );
  await expect(ask({ type: "flag", cell: "markdown-1", flag: "cache", on: true })).rejects.toThrow(/holds text/);
  await expect(ask({ type: "settings", ask: -1 })).rejects.toThrow(/cannot be -1/);
  expect(readMessage('{"id":1,"request":{"type":"settings","lazy":"yes"}}').kind).toBe("invalid");

  await writeFile(file, "// palimpsest: ask=5\n\n// %% a disabled\nconst a = 2;\n");
  await until(() => session.state.settings.ask === 5);
  expect(session.state.settings).toEqual({ lazy: false, ask: 5 });
  expect(cell(session, "a")).toMatchObject({
    status: "blocked",
    cell: { source: "const a = 2;", options: { disabled: "true" } },
  });
  await session.close();
  const again = await opened(workspace);
  expect(again.state.settings).toEqual({ lazy: false, ask: 5 });
});
