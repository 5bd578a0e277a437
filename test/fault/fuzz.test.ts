/** Random and damaged input: what comes from pages, notebooks and downloaded models may be anything. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { parseAdapterConfig } from "../../cells/model/adapter-config.ts";
import { openSafetensorsBytes } from "../../cells/model/safetensors.ts";
import { readMessage } from "../../server/http/wire.ts";
import { parseNotebook } from "../../server/notebook/source/parse.ts";
import { printNotebook } from "../../server/notebook/source/print.ts";
import { type Served, serve } from "../browser/real-server.ts";
import { LivePage } from "./live-page.ts";
import { howMany, seed, timeout } from "./soak.ts";

const RUNS = { numRuns: howMany(500, 10_000), seed };

/** Messages that a page could send, and anything in place of any part of them. */
const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ maxLength: 20 }),
  fc.constantFrom(null, -1, 1e99, "__proto__", {}, []),
);
const types = [
  "edit",
  "insert",
  "remove",
  "put-back",
  "move",
  "rename",
  "mode",
  "flag",
  "settings",
  "answer",
  "decide",
  "run",
  "stop",
  "input",
  "steer",
  "save-file",
];
const request = fc.record(
  {
    type: fc.oneof(fc.constantFrom(...types), anything),
    cell: fc.oneof(fc.constant("a"), anything),
    after: fc.oneof(fc.constant(null), anything),
    source: fc.oneof(fc.string(), anything),
    name: anything,
    value: anything,
    to: fc.oneof(fc.string(), anything),
    kind: fc.oneof(fc.constant("code"), anything),
    mode: fc.oneof(fc.constant("once"), anything),
    flag: fc.oneof(fc.constant("cache"), anything),
    on: fc.oneof(fc.boolean(), anything),
    accept: fc.oneof(fc.boolean(), anything),
    cells: fc.oneof(fc.constant(["none"]), anything),
    by: fc.oneof(fc.string(), anything),
    run: anything,
    order: fc.oneof(
      fc.record({ type: fc.constantFrom("pause", "fork", "rewind"), to: anything, at: anything, knobs: anything }),
      anything,
    ),
    ask: anything,
    lazy: anything,
  },
  { requiredKeys: [] },
);
const message = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .record({ id: fc.oneof(fc.nat(), anything), request }, { requiredKeys: [] })
      .map((each) => JSON.stringify(each)),
  },
  { weight: 1, arbitrary: fc.json() },
  { weight: 1, arbitrary: fc.string() },
);

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
    "answers the next page, whatever pages before it have sent",
    async () => {
      const { host, searchParams } = new URL(server.address);
      const headers = { authorization: `Bearer ${searchParams.get("token")}` };
      const left = fc.sample(message, RUNS);
      while (left.length > 0) {
        const socket = new WebSocket(`ws://${host}/api/session?notebook=n.ts&since=0`, { headers });
        await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
        const closed = new Promise((resolve) => socket.once("close", resolve));
        // An invalid message ends the connection, so it is the last one.
        const invalid = left.findIndex((text) => readMessage(text).kind === "invalid");
        for (const text of left.splice(0, Math.min(20, invalid < 0 ? 20 : invalid + 1))) socket.send(text);
        const timer = setTimeout(() => socket.terminate(), 150);
        await closed;
        clearTimeout(timer);
      }
      const page = await LivePage.open(server.address);
      expect(await page.request({ type: "insert", after: null, kind: "code", source: "1" })).toBe("done");
      page.socket.terminate();
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

it("a safetensors header is read or refused with the file's name, and never asks for more memory than the file has", async () => {
  const entry = fc.record(
    {
      dtype: fc.oneof(fc.constantFrom("F32", "BF16", "I64"), anything),
      shape: fc.oneof(fc.array(fc.integer({ min: -2, max: 9 }), { maxLength: 3 }), anything),
      data_offsets: fc.oneof(fc.tuple(fc.nat(40), fc.nat(40)), anything),
    },
    { requiredKeys: [] },
  );
  const header = fc.oneof(
    fc.dictionary(fc.string({ maxLength: 5 }), fc.oneof(entry, anything), { maxKeys: 3 }),
    anything,
  );
  const file = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.tuple(header, fc.uint8Array({ maxLength: 40 }), fc.bigInt({ min: -3n, max: 3n })).map(([head, data, off]) => {
      const text = Buffer.from(JSON.stringify(head) ?? "");
      const length = Buffer.alloc(8);
      length.writeBigInt64LE(BigInt(text.length) + off);
      return new Uint8Array(Buffer.concat([length, text, data]));
    }),
  );
  await fc.assert(
    fc.asyncProperty(file, async (bytes) => {
      await openSafetensorsBytes(bytes, "the-file").catch((error: Error) => {
        expect(error.message).toContain("the-file");
      });
    }),
    RUNS,
  );
});

it("an adapter's config is read or refused with the folder's name", () => {
  const fields = [
    "peft_type",
    "r",
    "lora_alpha",
    "target_modules",
    "modules_to_save",
    "rank_pattern",
    "alpha_pattern",
    "layers_to_transform",
    "use_rslora",
    "init_lora_weights",
    "bias",
    "use_dora",
    "task_type",
  ];
  const usual = fc.constantFrom(
    "LORA",
    8,
    16,
    ["q_proj"],
    true,
    "none",
    null,
    { "layers.0": 4 },
    "all-linear",
    "(?i)q_.*",
    "[",
  );
  const config = fc.dictionary(
    fc.constantFrom(...fields),
    fc.oneof({ weight: 3, arbitrary: usual }, { weight: 1, arbitrary: anything }),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        config.map((each) => JSON.stringify(each)),
        fc.json(),
        fc.string(),
      ),
      (text) => {
        try {
          parseAdapterConfig(text, "the-folder");
        } catch (error) {
          expect((error as Error).message).toContain("the-folder");
        }
      },
    ),
    RUNS,
  );
});
