/**
 * A long session: a run of 200,000 rows, 5,000 edits, and 1 GB of outputs that later ones replaced. How long a page takes to
 * open it, and how much memory its server took at most.
 */
import { readFile } from "node:fs/promises";
import { launch, openPage } from "../../browser/chromium.ts";
import { Client } from "./client.ts";
import { type Measure, measureOf, samplesOf } from "./measure.ts";

const ROWS = 200_000;
const EDITS = 5_000;
const OUTPUTS = 1_000;
const OUTPUT_BYTES = 1_000_000;
const OPENINGS = { count: 5, warmUp: 1 };

/** Speaks to the server as the kernel does, since no training makes so many rows in the time of a bench. */
const RUN_CELL = `import { writeSync } from "node:fs";
const say = (message: object): void => {
  let bytes = Buffer.from(JSON.stringify(message) + "\\n");
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(writeSync(3, bytes));
    } catch (error) {
      if ((error as { code?: string }).code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    }
  }
};
const run = "long";
const info = { id: run, cell: "run", generation: 1, snapshot: "", method: "bench", steps: ${ROWS}, config: {}, knobs: {}, folder: ".palimpsest/runs/long" };
say({ type: "run-started", run: info });
for (let from = 0; from < ${ROWS}; from += 100) {
  const rows = Array.from({ length: 100 }, (_, at) => ({ step: from + at + 1, loss: 3 / (1 + (from + at) / 5000) + Math.random() / 10, translation: Math.random(), rationale: Math.random(), gradient: Math.random() }));
  say({ type: "run-rows", run, table: "rows", from, rows });
}
const mark = { mark: "lineY", data: { kind: "live", table: "rows", runs: [run] }, options: { x: "step", y: "loss" } };
say({ type: "cell-output", cell: "run", generation: 1, output: { kind: "plot", spec: { options: {}, marks: [mark] } } });
say({ type: "run-ended", run, status: "done" });
"written"`;

export async function longSession(): Promise<Measure[]> {
  const client = await Client.open(
    `// %% run\n${RUN_CELL}\n\n// %% big\nimport { md } from "palimpsest";\nmd\`\${String(Math.random()).padEnd(${OUTPUT_BYTES}, "word ")}\`\n\n// %% edited\n0\n`,
  );
  try {
    const ran = client.nextEvent((event) => event.type === "cell-finished" && event.cell === "run");
    client.send({ type: "run", cells: ["run"] });
    await ran;
    for (let round = 0; round < OUTPUTS; round += 1) {
      const finished = client.nextEvent((event) => event.type === "cell-finished" && event.cell === "big");
      client.send({ type: "run", cells: ["big"] });
      await finished;
    }
    const edited = client.nextEvent((event) => event.type === "cell-edited" && event.source.startsWith(`${EDITS};`));
    for (let edit = 1; edit <= EDITS; edit += 1)
      client.send({ type: "edit", cell: "edited", source: `${edit}; // ${"x".repeat(2_000)}`, by: "bench" });
    await edited;
    const opening = await openings(client.address);
    return [measureOf("open-long-session-ms", opening), measureOf("server-memory-mb", [await peakMemory(client.pid)])];
  } finally {
    await client.close();
  }
}

/** From the request until the cells can be edited and run. */
async function openings(address: string): Promise<readonly number[]> {
  const browser = await launch();
  try {
    return await samplesOf(OPENINGS, async () => {
      const { page } = await openPage(browser);
      page.setDefaultTimeout(60_000);
      // The browser gets its cookie.
      await page.goto(address);
      const start = performance.now();
      await page.goto(new URL("/notebook/bench.ts", address).href, { waitUntil: "commit" });
      await page.locator('main[aria-busy="false"] pal-cell[data-cell="run"] pal-plot svg').first().waitFor();
      const time = performance.now() - start;
      await page.close();
      return time;
    });
  } finally {
    await browser.close();
  }
}

/** The most memory that the process had, in MB. */
async function peakMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1_000;
}
