/** A small notebook and the events of its session, as the server would log them. */
import type { SessionEvent } from "../../server/events.ts";
import type { Cell } from "../../server/notebook/types.ts";
import { initialState, reduce } from "../../server/state/reducer.ts";
import { cellState } from "../../server/state/state.ts";
import type { ProbeRow, Row } from "../../server/values.ts";

export const path = "radis.ts";

const code = (id: string, source: string): Cell => ({ id, kind: "code", source, mode: "auto", options: {} });
const text = (id: string, source: string): Cell => ({ id, kind: "markdown", source, mode: "auto", options: {} });

export const cells: readonly Cell[] = [
  text(
    "introduction",
    "# RaDis: learn Velan, keep the rest\n\nA chat model that is fine-tuned on translations **forgets** what it knew. RaDis lets the base model explain each translation in its own words, and trains on both.",
  ),
  code("model", 'import { input, lora, Plot, train } from "palimpsest";\nconst base = { name: "tiny-chat" };\nbase;'),
  text(
    "on-knobs",
    "## Knobs\n\nThe rank changes both runs; the *rationale weight* is live: the training reads it at every step.",
  ),
  code(
    "knobs",
    'const rank = input.range("LoRA rank", { min: 1, max: 64, step: 1, value: 16 });\nconst weight = input.live.range("rationale weight", { min: 0, max: 4, step: 0.05, value: 2 });\nconst prompt = input.text("rationale prompt", { value: "Note:" });\nconst steps = input.number("steps", { value: 300 });',
  ),
  code(
    "training",
    "const run = train(base, {\n  adapter: lora({ rank, alpha: 2 * rank }), // both directions\n  weight,\n  steps,\n});\nrun;",
  ),
  code(
    "curves",
    'Plot.plot({\n  marks: [Plot.lineY(run.rows, { x: "step", y: "loss", stroke: "method", tip: true })],\n});',
  ),
  code("samples", "const samples = [base.name, run.id];"),
];

export const opened: Extract<SessionEvent, { type: "opened" }> = { type: "opened", path, cells, inputs: {} };

export const ready: SessionEvent = {
  type: "kernel-ready",
  pid: 4242,
  backend: "wasm",
  passedOver: [{ name: "tensorflow", reason: "its native library is not installed" }],
};

export const row = (step: number): Row => ({ step, loss: 3.2 * Math.exp(-step / 90) + 0.4 + 0.05 * Math.sin(step) });
export const rows = (from: number, count: number): Row[] => Array.from({ length: count }, (_, i) => row(from + i + 1));

/** The snapshot of a cell in the notebook as it is first opened. */
const first = reduce(initialState(path), { seq: 1, time: 0, event: opened });
export const snapshotOf = (id: string): string => cellState(first, id)?.snapshot ?? "";

const ran = (cell: string, ...between: SessionEvent[]): SessionEvent[] => [
  { type: "cell-started", cell, generation: 1, snapshot: snapshotOf(cell) },
  ...between,
  { type: "cell-settled", cell, generation: 1 },
];
const done = (cell: string, ms: number): SessionEvent => ({
  type: "cell-finished",
  cell,
  generation: 1,
  status: "done",
  ms,
});

export const runStarted = (id: string, method: string): Extract<SessionEvent, { type: "run-started" }> => ({
  type: "run-started",
  run: {
    ...{ id, cell: "training", generation: 1, snapshot: "s", method, steps: 300, config: {} },
    ...{ knobs: { learningRate: 0.005, weight: 1 }, folder: `.palimpsest/runs/${id}` },
  },
});

export const chart: SessionEvent = {
  type: "cell-output",
  cell: "curves",
  generation: 1,
  output: {
    kind: "plot",
    spec: {
      options: { y: { label: "loss (nats)", grid: true } },
      marks: [
        {
          mark: "lineY",
          data: { kind: "live", table: "rows", runs: ["v1", "r1"] },
          options: { x: "step", y: "loss", stroke: "method", tip: true },
        },
      ],
    },
  },
};

/** All cells have run; the training continues. */
export const training: readonly SessionEvent[] = [
  opened,
  // From the first run that the user asks for, changes run cells by themselves.
  { type: "run-asked", cells: [] },
  { type: "kernel-starting" },
  ready,
  ...ran("model", {
    type: "cell-output",
    cell: "model",
    generation: 1,
    output: {
      kind: "value",
      value: {
        kind: "record",
        name: "ChatModel",
        size: 3,
        entries: [
          ["name", { kind: "primitive", type: "string", text: '"tiny-chat"' }],
          ["parameters", { kind: "primitive", type: "number", text: "913024" }],
          [
            "layers",
            { kind: "list", name: "Array", length: 4, items: [{ kind: "primitive", type: "number", text: "128" }] },
          ],
        ],
      },
    },
  }),
  done("model", 820),
  ...ran(
    "knobs",
    declared("rank", false, { kind: "range", label: "LoRA rank", min: 1, max: 64, step: 1, value: 16 }),
    declared("weight", true, { kind: "range", label: "rationale weight", min: 0, max: 4, step: 0.05, value: 2 }),
    declared("prompt", false, { kind: "text", label: "rationale prompt", value: "Note:" }),
    declared("steps", false, { kind: "number", label: "steps", value: 300, min: 1, step: 1 }),
  ),
  done("knobs", 2),
  ...ran(
    "training",
    runStarted("v1", "vanilla"),
    runStarted("r1", "radis"),
    { type: "cell-output", cell: "training", generation: 1, output: { kind: "run", run: "v1" } },
    { type: "cell-output", cell: "training", generation: 1, output: { kind: "run", run: "r1" } },
    { type: "cell-progress", cell: "training", generation: 1, label: "rationales", done: 1200, total: 1500 },
  ),
  {
    type: "tensors",
    total: 84_200_000,
    cells: { model: { bytes: 3_652_096, count: 39 }, training: { bytes: 80_547_904, count: 412 } },
  },
  ...ran("curves", chart),
  done("curves", 4),
];

export const appended = (run: string, from: number, added: readonly Row[]): SessionEvent => ({
  type: "run-rows",
  run,
  table: "rows",
  from,
  rows: added,
});
export const probed = (run: string, from: number, added: readonly ProbeRow[]): SessionEvent => ({
  type: "run-rows",
  run,
  table: "probes",
  from,
  rows: added,
});

function declared(
  name: string,
  live: boolean,
  spec: Extract<SessionEvent, { type: "input-declared" }>["spec"],
): SessionEvent {
  return { type: "input-declared", cell: "knobs", generation: 1, name, live, spec, value: spec.value };
}
