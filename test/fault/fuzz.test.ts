/** Random and damaged input from pages and in notebooks. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readMessage } from "../../server/http/wire.ts";
import { parseNotebook } from "../../server/notebook/source/parse.ts";
import { printNotebook } from "../../server/notebook/source/print.ts";
import { type Served, serve } from "../browser/real-server.ts";
import { until } from "../server/until.ts";
import { message } from "./any-message.ts";
import { LivePage } from "./live-page.ts";
import { howMany, seed, timeout } from "./soak.ts";

const RUNS = { numRuns: howMany(500, 10_000), seed };

it("a page's message is read or refused with a reason", () => {
  fc.assert(
    fc.property(message, (text) => {
      const reading = readMessage(text);
      if (reading.kind === "invalid") expect(reading.reason).not.toBe("");
    }),
    RUNS,
  );
});

describe("a server that runs", () => {
  let workspace: string;
  let server: Served;
  beforeAll(async () => {
    workspace = await mkdtemp(join(tmpdir(), "fuzz-"));
    await writeFile(join(workspace, "n.ts"), "// %% a\nconst a = 1;\n");
    server = await serve(workspace);
  });
  afterAll(async () => {
    await server.kill();
    await rm(workspace, { recursive: true, force: true });
  });

  it(
    "answers every valid message, never fails at one, and keeps what it acknowledged",
    async () => {
      const left = fc.sample(message, RUNS);
      while (left.length > 0) {
        // An invalid message ends the connection, so it is the last one.
        const invalid = left.findIndex((text) => readMessage(text).kind === "invalid");
        const page = await LivePage.open(server.address);
        const answers: Promise<string>[] = [];
        for (const text of left.splice(0, Math.min(20, invalid < 0 ? 20 : invalid + 1))) {
          const reading = readMessage(text);
          if (reading.kind === "message") answers.push(page.request(reading.message.request));
          else page.socket.send(text);
        }
        if (invalid >= 0 && invalid < 20) await until(() => page.socket.readyState === page.socket.CLOSED);
        else expect(await Promise.all(answers)).not.toContain("lost");
        expect(page.refusals.join(" ")).not.toMatch(/server failed/);
        page.socket.terminate();
      }
      const page = await LivePage.open(server.address);
      expect(await page.request({ type: "insert", after: null, kind: "code", source: "1" })).toBe("done");
      const cells = (each: LivePage) => each.state.cells.map(({ cell }) => cell);
      const kept = cells(page);
      await server.kill();
      server = await serve(workspace);
      const next = await LivePage.open(server.address);
      expect([next.state.notice?.text, cells(next)]).toEqual([undefined, kept]);
      next.socket.terminate();
    },
    timeout(120, 1_800),
  );
});

it("a notebook's text is parsed, and its printed form gives the same cells", () => {
  const line = fc.oneof(
    fc.constantFrom(
      "// %%",
      "// %% a",
      "// %% [markdown]",
      "// %% a cache",
      "// %% a mode=once disabled",
      "// palimpsest: run=lazy ask=5",
      "//",
      "// text",
      "",
      "const a = 1;",
      "/*",
      "`",
      "// %% a b=c=d",
    ),
    fc.string({ unit: "grapheme", maxLength: 30 }),
    fc.string({ unit: "binary", maxLength: 10 }),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
      const once = parseNotebook(lines.join("\n"));
      expect(parseNotebook(printNotebook(once))).toEqual(once);
    }),
    RUNS,
  );
});
