/** Schemas of all events of a session: those that a kernel sends, and those that a log holds. */
import * as v from "valibot";
import type { LoggedEvent, Question, SessionEvent, Shown } from "../../events.ts";
import type { FromKernel } from "../../messages.ts";
import {
  backwards,
  checkpoint,
  count,
  inputSpec,
  inputValue,
  inputValues,
  name,
  output,
  probeRows,
  result,
  rows,
  runChange,
  runOrder,
  shownOutput,
} from "./values.ts";

const cell = name;
const generation = count;
const snapshot = v.string();
const text = v.string();
const ofCell = { cell, generation };
const position = v.object({ line: v.number(), column: v.number() });

export const cellError = v.object({
  kind: v.picklist([
    "syntax",
    "multiple-definition",
    "cycle",
    "unknown-name",
    "foreign-assignment",
    "unsupported",
    "runtime",
    "blocked",
  ]),
  message: text,
  position: v.optional(position),
  cells: v.optional(v.array(text)),
});
export const consoleLine = v.object({
  level: v.picklist(["log", "info", "warn", "error"]),
  text,
  open: v.optional(v.literal(true)),
});
export const level = v.picklist(["info", "warn", "error"]);

/** All but the outputs. */
const cellEvents = [
  v.object({ type: v.literal("cell-started"), ...ofCell, snapshot }),
  v.object({ type: v.literal("cell-settled"), ...ofCell }),
  v.object({
    type: v.literal("cell-finished"),
    ...ofCell,
    status: v.picklist(["done", "failed", "stopped"]),
    error: v.optional(cellError),
    ms: v.number(),
  }),
  v.object({ type: v.literal("cell-console"), ...ofCell, lines: v.array(consoleLine) }),
  v.object({ type: v.literal("cell-progress"), ...ofCell, label: text, done: v.number(), total: v.number() }),
  v.object({
    type: v.literal("input-declared"),
    ...ofCell,
    name,
    live: v.boolean(),
    spec: inputSpec,
    value: inputValue,
  }),
  v.object({ type: v.literal("report"), ...ofCell, results: v.array(result) }),
  v.object({ type: v.literal("stream-value"), ...ofCell, name, count }),
  v.object({ type: v.literal("cell-restored"), ...ofCell }),
  v.object({ type: v.literal("cache-stored"), ...ofCell, snapshot }),
  v.object({ type: v.literal("cache-refused"), ...ofCell, reason: text }),
  v.object({ type: v.literal("cache-lost"), ...ofCell }),
] as const;

const cacheUnused = v.object({ type: v.literal("cache-unused"), cell, snapshot, reason: text });

const run = name;
export const runInfo = v.object({
  id: name,
  cell,
  generation,
  snapshot,
  method: text,
  steps: v.number(),
  config: v.record(v.string(), v.unknown()),
  knobs: inputValues,
  parent: v.optional(v.object({ run, step: count, asked: v.optional(v.literal(true)) })),
  folder: text,
});
const runEvents = [
  v.object({ type: v.literal("run-started"), run: runInfo }),
  v.variant("table", [
    v.object({ type: v.literal("run-rows"), run, table: v.literal("rows"), from: count, rows }),
    v.object({ type: v.literal("run-rows"), run, table: v.literal("probes"), from: count, rows: probeRows }),
  ]),
  v.object({ type: v.literal("run-changed"), run, change: runChange }),
  v.object({ type: v.literal("run-phase"), run, label: text, done: v.number(), total: v.number() }),
  v.object({ type: v.literal("run-prepared"), run, steps: count, config: v.record(v.string(), v.unknown()) }),
  v.object({ type: v.literal("run-rewound"), run, change: backwards }),
  v.object({ type: v.literal("run-checkpoints"), run, checkpoints: v.array(checkpoint) }),
  v.object({
    type: v.literal("run-ended"),
    run,
    status: v.picklist(["done", "stopped", "failed", "interrupted"]),
    message: v.optional(text),
  }),
] as const;

export const holding = v.object({
  bytes: v.number(),
  count: v.number(),
  peak: v.optional(v.number()),
  largest: v.optional(v.object({ shape: v.array(v.number()), dtype: text, bytes: v.number() })),
});
export const memory = v.object({
  peak: v.number(),
  count: v.number(),
  reclaimed: v.object({ count: v.number(), bytes: v.number() }),
  budget: v.optional(v.number()),
});
const kernelReady = v.object({
  type: v.literal("kernel-ready"),
  pid: v.number(),
  backend: text,
  passedOver: v.array(v.object({ name: text, reason: text })),
});
const tensors = v.object({
  type: v.literal("tensors"),
  total: v.number(),
  cells: v.record(name, holding),
  memory: v.optional(memory),
});
const notice = v.object({ type: v.literal("notice"), level, text, action: v.exactOptional(v.literal("save-file")) });

/** What a kernel may say. Everything else that arrives on its channel is refused. */
export const fromKernel: v.GenericSchema<unknown, FromKernel> = v.variant("type", [
  ...cellEvents,
  v.object({ type: v.literal("cell-output"), ...ofCell, output }),
  ...runEvents,
  cacheUnused,
  kernelReady,
  tensors,
  notice,
  v.object({ type: v.literal("open-failed"), message: text }),
  v.object({ type: v.literal("file-used"), cell: v.exactOptional(name), path: text, mark: v.exactOptional(text) }),
  v.object({ type: v.literal("package-used"), cell: v.exactOptional(name), name: text, version: text, digest: text }),
  v.object({ type: v.literal("model-used"), cell: v.exactOptional(name), name: text, folder: text }),
]);

export const wholeCell = v.object({
  id: name,
  kind: v.picklist(["code", "markdown"]),
  source: text,
  mode: v.picklist(["auto", "manual", "once"]),
  options: v.record(v.string(), v.string()),
});
const after = v.nullable(v.string());
export const settings = v.object({ lazy: v.boolean(), ask: v.union([v.number(), v.literal("never")]) });
export const cost = v.object({ seconds: v.number(), bytes: v.number() });
const shownFields = {
  console: v.array(consoleLine),
  inputs: v.array(v.object({ name, live: v.boolean(), spec: inputSpec })),
  results: v.array(result),
};
export const shown: v.GenericSchema<unknown, Shown> = v.object({ ...shownFields, outputs: v.array(output) });
const fault = v.object({
  kind: v.picklist(["syntax", "missing", "circle", "refused"]),
  file: text,
  line: v.number(),
  column: v.number(),
  message: text,
});
export const projectFile = v.object({ digest: text, faults: v.array(fault) });

const loss = v.object({ trainings: v.array(name), cells: v.array(name), seconds: v.number() });
export const question: v.GenericSchema<unknown, Question> = v.variant("about", [
  v.object({
    about: v.literal("changes"),
    origin: v.picklist(["page", "file"]),
    changes: v.array(v.object({ change: v.picklist(["remove", "disable"]), cell })),
    loss,
  }),
  v.object({ about: v.literal("unresponsive"), cell, waited: v.number(), loss }),
]);

export const sessionEvent: v.GenericSchema<unknown, SessionEvent> = v.variant("type", [
  ...cellEvents,
  v.object({ type: v.literal("cell-output"), ...ofCell, output: shownOutput }),
  ...runEvents,
  cacheUnused,
  kernelReady,
  tensors,
  notice,
  v.object({ type: v.literal("kernel-starting") }),
  v.object({
    type: v.literal("kernel-ended"),
    cause: v.picklist(["closed", "restarted", "unresponsive", "died"]),
    reason: text,
  }),
  v.object({
    type: v.literal("opened"),
    path: text,
    cells: v.array(wholeCell),
    inputs: inputValues,
    settings: v.optional(settings),
  }),
  v.object({ type: v.literal("replaced"), cells: v.array(wholeCell), settings: v.optional(settings) }),
  v.object({ type: v.literal("settings"), settings }),
  v.object({ type: v.literal("cell-edited"), cell, source: text, by: text }),
  v.object({ type: v.literal("cell-inserted"), cell: wholeCell, after }),
  v.object({ type: v.literal("cell-removed"), cell }),
  v.object({ type: v.literal("cell-moved"), cell, after }),
  v.object({ type: v.literal("cell-mode"), cell, mode: v.picklist(["auto", "manual", "once"]) }),
  v.object({ type: v.literal("cell-options"), cell, options: v.record(v.string(), v.string()) }),
  v.object({ type: v.literal("cell-renamed"), cell, to: name }),
  v.object({ type: v.literal("run-asked"), cells: v.union([v.picklist(["all", "stale"]), v.array(name)]) }),
  v.object({ type: v.literal("stop-asked"), cell: v.optional(name) }),
  v.object({ type: v.literal("input-set"), cell, name, value: inputValue }),
  v.object({ type: v.literal("question-asked"), question }),
  v.object({ type: v.literal("question-answered") }),
  v.object({ type: v.literal("ask-answered"), run: v.boolean() }),
  v.object({ type: v.literal("files-read"), files: v.record(v.string(), projectFile) }),
  v.object({
    type: v.literal("cache-found"),
    cell,
    snapshot,
    shown: v.object({ ...shownFields, outputs: v.array(shownOutput) }),
  }),
  v.object({ type: v.literal("cost-known"), cell, cost }),
  v.object({ type: v.literal("run-steered"), run, order: runOrder }),
]);

export const loggedEvent: v.GenericSchema<unknown, LoggedEvent> = v.object({
  seq: count,
  time: v.number(),
  event: sessionEvent,
});
