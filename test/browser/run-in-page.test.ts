/** Notebooks that run in a page from a file, without a network, in a real browser: trained, steered and interrupted. */
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Runnable } from "../../server/in-page/page-part.ts";
import { executable } from "./chromium.ts";
import { InPageStage } from "./in-page-stage.ts";

const tinyChat = fileURLToPath(new URL("../../experiments/models/tiny-chat", import.meta.url));
const eventually: typeof expect.poll = (ask, options) => expect.poll(ask, { timeout: 20_000, ...options });
const encoder = new TextEncoder();

function runnable(text: string, more: Partial<Runnable> = {}): Runnable {
  const files = new Map([["n.ts", encoder.encode(text)], ...(more.files ?? [])]);
  return { notebook: "n.ts", seed: 1, inputs: {}, models: [], ...more, files };
}

describe.skipIf(!executable)("a notebook in a page", () => {
  const stage = new InPageStage();
  const { open, act, state } = stage;

  it("trains from a file without a network: the curve grows, a live input steers, another restarts", async () => {
    await open(
      runnable(
        `// %% [markdown]
// # A short RaDis

// %% model
import { chatModel, input, lora, Plot, radis, rationales, train, world } from "palimpsest";
const base = await chatModel("tiny-chat");
const velan = await world.corpus("velan", { train: 12, test: 2 });

// %% knobs
const rank = input.range("LoRA rank", { min: 1, max: 64, step: 1, value: 4 });
const weight = input.live.range("rationale weight", { min: 0, max: 4, step: 0.05, value: 2 });

// %% training
const written = await rationales(base, velan.train, { prompt: "Note:", maxTokens: 8 });
const run = train(base, { method: radis(written, { weight }), adapter: lora({ rank }), steps: 5000, batch: 1 });
run

// %% curve
Plot.plot({ marks: [Plot.lineY(run.rows, { x: "step", y: "loss" })] })
`,
        { models: [{ name: "tiny-chat", folder: tinyChat, origin: "shipped" }] },
      ),
    );
    await act("run-here");
    await stage.page.locator("pal-run").waitFor();
    const rows = (): Promise<number> => state(({ runs }) => Object.values(runs).at(-1)?.rows.length ?? 0);
    await eventually(rows).toBeGreaterThan(3);
    await stage.page.locator('pal-plot [aria-label="line"] path').first().waitFor();
    const before = await rows();
    await eventually(rows).toBeGreaterThan(before);
    await stage.page.locator('[data-input="weight"]').getByRole("spinbutton").fill("0.5");
    await stage.page.locator('[data-input="weight"]').getByRole("spinbutton").press("Enter");
    await eventually(() =>
      state(({ runs }) =>
        Object.values(runs)
          .at(-1)
          ?.changes.map((each) => each.kind)
          .join(),
      ),
    ).toContain("knob");
    const first = await state(({ runs }) => Object.keys(runs).join());
    await stage.page.locator('[data-input="rank"]').getByRole("spinbutton").fill("8");
    await stage.page.locator('[data-input="rank"]').getByRole("spinbutton").press("Enter");
    await eventually(() => state(({ runs }) => Object.keys(runs).at(-1) ?? "")).not.toBe(first);
    await eventually(() => state(({ runs }) => JSON.stringify(Object.values(runs).at(-1)?.info.config))).toMatch(/8/);
    await eventually(rows).toBeGreaterThan(2);
    await stage.page.getByRole("button", { name: "Pause radis" }).last().click();
    await stage.page.locator("pal-run [data-paused]").waitFor();
    const paused = await rows();
    await stage.page.getByRole("button", { name: "Resume radis" }).last().click();
    await eventually(rows).toBeGreaterThan(paused);
    await act("stop-here");
    await stage.page.locator('[data-action="run-again"]').waitFor();
    expect(stage.faults).toEqual([]);
  }, 90_000);

  it("runs what a page can, and says on its cell what needs a machine", async () => {
    const text = `// %% helper
import { double, later } from "./helper.ts";
const four = double(2);

// %% slow
import { show } from "palimpsest";
const inner = async (): Promise<number> => {
  await later(20);
  throw new Error("inside");
};
show("before");
try {
  await inner();
} catch (error) {
  show((error as Error).message);
  console.log("caught", { four });
}
async function* numbers() {
  yield 1;
  await later(5);
  yield 2;
}
again: for await (const each of numbers()) {
  if (each === 1) continue again;
  show(each);
}
const lazy = { then: (done: (text: string) => void) => (show("in slow"), done("lazy")) };
const made = async (): Promise<unknown> => (await later(1), lazy);
const arrow = async () => lazy;
const returning = async () => { await later(1); return lazy; };
show([await made(), await arrow(), await returning(), await new Promise((done) => setTimeout(done, 1, lazy))].join());
const parts = await Promise.all([1, 2].map(async (each) => (await later(each), each)));
parts

// %% quick
import { show as display } from "palimpsest";
await later(10);
display("quick");

// %% parquet
import { pairs } from "palimpsest";
const sentences = await pairs("pairs.parquet", { from: "French", to: "English" });

// %% network
const answer = await fetch("https://example.org/");

// %% wrong
const one: number = 1;
  await Promise.reject(new Error("third line"));

// %% file
import words from "./words.json";
words.length + one
`;
    const files = new Map([
      [
        "helper.ts",
        encoder.encode(
          "export const double = (n: number): number => 2 * n;\nexport const later = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));\n",
        ),
      ],
      ["words.json", encoder.encode('["a", "b"]')],
      ["pairs.parquet", encoder.encode("PAR1")],
    ]);
    await open(runnable(text.replace("words.length + one", "words.length"), { files }));
    await act("run-here");
    await stage.page.locator('[data-action="run-again"]').waitFor();
    const shown = await state(({ cells }) =>
      cells.map(({ cell, status, error, outputs, console }) => ({
        id: cell.id,
        status,
        error: error?.message,
        line: error?.position?.line,
        outputs: outputs.map((each) => JSON.stringify(each)).join(" "),
        console: console.map(({ text }) => text).join(),
      })),
    );
    const by = Object.fromEntries(shown.map((each) => [each.id, each]));
    expect(by.slow).toMatchObject({ status: "done", console: "caught { four: 4 }" });
    expect(by.slow!.outputs.match(/in slow/g)).toHaveLength(4);
    for (const each of ["before", "inside", "2", "1", "lazy,lazy,lazy,lazy"]) expect(by.slow!.outputs).toContain(each);
    expect(by.slow!.outputs).not.toContain("quick");
    expect(by.quick!.outputs).toContain("quick");
    expect(by.parquet).toMatchObject({ status: "failed", error: expect.stringContaining("needs a machine") });
    expect(by.network).toMatchObject({ status: "failed", error: expect.stringContaining("uses no network") });
    expect(by.wrong).toMatchObject({ status: "failed", error: "third line", line: 2 });
    expect(by.file).toMatchObject({ status: "done" });
  }, 60_000);

  it("takes a file of the reader for an input", async () => {
    await open(
      runnable(`// %% choose
import { input, readFile } from "palimpsest";
const chosen = input.file("a text");

// %% shown
chosen ? new TextDecoder().decode(await readFile(chosen.path)) : "none yet"
`),
    );
    await act("run-here");
    await stage.page.locator(".output").getByText("none yet").waitFor();
    const file = { name: "my text.txt", mimeType: "text/plain", buffer: Buffer.from("of the reader") };
    await stage.page.locator('[data-input="chosen"] input[type="file"]').setInputFiles(file);
    await stage.page.locator(".output").getByText("of the reader").waitFor();
    expect(stage.faults).toEqual([]);
  }, 60_000);

  it("ends code that never yields, and the page answers all the time", async () => {
    await open(
      runnable(`// %% forever
const at = Date.now();
while (Date.now() > 0) Math.sqrt(at);

// %% other
1 + 1
`),
    );
    await act("run-here");
    await eventually(() => state(({ cells }) => cells[0]?.status)).toBe("running");
    await act("stop-here");
    await eventually(() => state(({ kernel }) => kernel.status)).toBe("ended");
    await stage.page
      .getByText(/could not be interrupted/)
      .first()
      .waitFor();
    await act("end-here");
    await stage.page.locator('[data-action="run-here"]').waitFor();
  }, 60_000);
});
