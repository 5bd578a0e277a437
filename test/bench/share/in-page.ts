/**
 * What a training in a page costs: the same notebook is trained by turns in Chromium, from a file, and by a kernel process, both on `wasm` on one
 * thread. Each row says how fast its step was, and the two trainings have the same rows, so step is compared with step. Also the size of
 * what the page carries for it.
 */
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { pagePart } from "../../../server/in-page/page-part.ts";
import { openSession } from "../../../server/session/open.ts";
import type { PagePart } from "../../../server/share/page.ts";
import type { Row } from "../../../server/values.ts";
import { launch } from "../../browser/chromium.ts";
import { pageAlone } from "../../browser/page-alone.ts";

const MODEL = fileURLToPath(new URL("../../../experiments/models/tiny-chat", import.meta.url));
const STEPS = 60;
/** The first steps compile. */
const WARM_UP = 10;
const ROUNDS = 3;
const NOTEBOOK = `// %% training
import { chatModel, lora, radis, rationales, train, world } from "palimpsest";
const base = await chatModel("tiny-chat");
const velan = await world.corpus("velan", { train: 64, test: 2 });
const written = await rationales(base, velan.train, { prompt: "Note:", maxTokens: 16 });
const run = train(base, { method: radis(written, { weight: 2 }), adapter: lora({ rank: 16 }), steps: ${STEPS}, batch: 8 });
`;

type Measured = { readonly median: number; readonly bar?: number; readonly samples: readonly number[] };

/** Keys as in the results of `npm run bench -- share`. */
export async function inPageMeasures(): Promise<Readonly<Record<string, Measured>>> {
  const part = await pagePart({
    notebook: "n.ts",
    seed: 1,
    inputs: {},
    files: new Map([["n.ts", new TextEncoder().encode(NOTEBOOK)]]),
    models: [{ name: "tiny-chat", folder: MODEL, origin: "shipped" }],
  });
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const inNode = await stepsInNode();
    const inPage = await stepsInPage(part);
    for (let step = WARM_UP; step < STEPS; step++) ratios.push(inPage[step]! / inNode[step]!);
  }
  const kilobytes = (text: string): number => Math.round(Buffer.byteLength(text) / 1024);
  return {
    "step-in-page ÷ step-in-node": measured(ratios, 1.5),
    "training-payload-kb": measured([kilobytes(part.payload)]),
  };
}

/** Seconds per token of each step. */
function costs(rows: readonly Row[]): number[] {
  return rows.map(({ tokensPerSecond }) => 1 / Number(tokensPerSecond));
}

async function stepsInPage(part: PagePart): Promise<number[]> {
  const browser = await launch();
  try {
    const page = await (await browser.newContext({ offline: true })).newPage();
    page.setDefaultTimeout(300_000);
    await page.goto(await pageAlone(part, "absent"));
    await page.locator("[data-action=run-here]").click();
    await page.locator("[data-action=run-again]").waitFor();
    const text = await page.evaluate(() => {
      const element = document.querySelector("pal-run-in-page") as unknown as {
        readonly session: { readonly state: { readonly runs: Record<string, { readonly rows: readonly Row[] }> } };
      };
      return JSON.stringify(Object.values(element.session.state.runs)[0]?.rows ?? []);
    });
    return costs(JSON.parse(text));
  } finally {
    await browser.close();
  }
}

async function stepsInNode(): Promise<number[]> {
  const workspace = await realpath(await mkdtemp(join(tmpdir(), "bench-in-page-")));
  try {
    await writeFile(join(workspace, "n.ts"), NOTEBOOK);
    const use = { kind: "headless", inputs: {} } as const;
    const session = await openSession({ workspace, path: "n.ts", backend: "wasm", seed: 1, use });
    const ended = new Promise<void>((resolve) => {
      session.subscribe((logged) => {
        if (logged.some(({ event }) => event.type === "cell-finished")) resolve();
      });
    });
    await session.request({ type: "run", cells: "all" });
    await ended;
    const rows = Object.values(session.state.runs)[0]?.rows ?? [];
    await session.close();
    return costs(rows);
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
}

function measured(samples: readonly number[], bar?: number): Measured {
  const sorted = [...samples].sort((a, b) => a - b);
  const round = (value: number): number => Math.round(value * 1000) / 1000;
  return {
    median: round(sorted[Math.floor(sorted.length / 2)]!),
    ...(bar !== undefined && { bar }),
    samples: samples.map(round),
  };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  console.log(JSON.stringify(await inPageMeasures()));
