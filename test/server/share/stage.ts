/** A small notebook that has run, without a kernel: its session in a folder, for tests of what is shared. */
import { mkdir, mkdtemp, realpath, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { snapshotOf, unrunState } from "../../../server/command/notebook-snapshot.ts";
import type { SessionEvent } from "../../../server/events.ts";
import { logPath } from "../../../server/session/history.ts";
import { FIRST_LINE } from "../../../server/session/log.ts";
import { partsOf } from "../../../server/state/parts.ts";
import type { SessionState } from "../../../server/state/state.ts";
import type { Output, PlotSpec } from "../../../server/values.ts";
import { palimpsest } from "../records/stage.ts";
import { Stage } from "../state/stage.ts";

export const NOTEBOOK = `// %% [markdown] title
// # A small result
//
// With **bold** text and a [link](https://example.org/a).

// %% knobs
import { input, Plot, show, train } from "palimpsest";
const rank = input.range("LoRA rank", { min: 1, max: 64, value: 16 });
const weight = input.live.range("weight", { min: 0, max: 4, value: 2 });

// %% training
const run = train(rank);

// %% curves outputs=grid
Plot.plot({ marks: [Plot.lineY(run.rows, { x: "step", y: "loss", stroke: "method" })] });

// %% table
show([{ question: "a", score: 1 }]);
`;

export const CURVES: PlotSpec = {
  options: { y: { label: "training loss" }, color: { legend: true } },
  marks: [
    {
      mark: "lineY",
      data: { kind: "live", table: "rows", runs: ["r1", "r2"] },
      options: { x: "step", y: "loss", stroke: "method", tip: true },
    },
  ],
};

const QUESTIONS = ["first, with a comma", 'second "quoted"', "third"];
export const TABLE: Output = {
  kind: "table",
  columns: ["question", "score"],
  rows: Array.from({ length: 60 }, (_, i) => [`${QUESTIONS[i % 3]} ${i}`, (i * 37) % 60]),
  total: 60,
};

export class SharedStage extends Stage {
  constructor(text = NOTEBOOK) {
    super(text);
  }

  /** Runs all cells; those of the notebook above show something. */
  run(outputs: Readonly<Record<string, readonly Output[]>> = {}): this {
    this.ask(...this.state.cells.flatMap(({ cell, analysis }) => (analysis ? [cell.id] : [])));
    this.complete((id) => {
      if (id === "knobs") {
        this.declare(id, "rank", 16);
        this.declare(id, "weight", 2, true);
      }
      if (id === "training") for (const [nth, method] of ["vanilla", "radis"].entries()) this.train(id, nth, method);
      const shown: readonly Output[] = outputs[id] ?? SHOWN[id] ?? [];
      for (const output of shown) this.of(id, { type: "cell-output", output });
    });
    return this;
  }

  of(cell: string, event: { readonly type: "cell-output"; readonly output: Output }): void {
    this.apply({ ...event, cell, generation: this.cell(cell).generation });
  }

  train(cell: string, nth: number, method: string): void {
    const id = `r${nth + 1}`;
    const rows = Array.from({ length: 40 }, (_, i) => ({
      step: i + 1,
      loss: 3 / (1 + i * (nth + 1) * 0.1),
      seconds: i,
    }));
    const events: readonly SessionEvent[] = [
      {
        type: "run-started",
        run: {
          ...{ id, cell, method, steps: 40, config: {}, knobs: {}, folder: `.palimpsest/runs/${id}` },
          ...{ generation: this.cell(cell).generation, snapshot: "s" },
        },
      },
      { type: "run-rows", run: id, table: "rows", from: 0, rows },
      { type: "run-changed", run: id, change: { kind: "knob", step: 20, name: "weight", value: 0.5 } },
      { type: "run-ended", run: id, status: "done" },
    ];
    for (const event of events) this.apply(event);
  }
}

const SHOWN: Readonly<Record<string, readonly Output[]>> = {
  training: [
    { kind: "run", run: "r1" },
    { kind: "run", run: "r2" },
  ],
  curves: [{ kind: "plot", spec: CURVES }],
  table: [TABLE],
};

/** @returns the real path of a new workspace with the notebook and its session */
export async function writtenSession(state: SessionState, text = NOTEBOOK): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "palimpsest-share-test-")));
  await writeFile(join(folder, "n.ts"), text);
  const path = logPath(folder, "n.ts");
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, FIRST_LINE + [...partsOf(state)].map((part) => `${JSON.stringify(part)}\n`).join(""));
  return folder;
}

/** Runs a notebook as an entry of a sweep does, with one input set. */
export async function finishedEntry(notebook: string, name: string, value: number): Promise<void> {
  const outcome = await palimpsest("run", notebook, "--set", `${name}=${value}`, "--json");
  const snapshot = snapshotOf(await unrunState(notebook, notebook));
  const stem = basename(notebook, ".ts");
  const folder = join(
    dirname(notebook),
    ".palimpsest",
    "sweeps",
    `${stem}-${snapshot.slice(0, 8)}`,
    "entries",
    `e${value}`,
  );
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, "entry.json"),
    JSON.stringify({ id: `e${value}`, settings: { [name]: value }, seed: 1 }),
  );
  await writeFile(join(folder, "result.json"), outcome.out.trim().split("\n").at(-1)!);
}
