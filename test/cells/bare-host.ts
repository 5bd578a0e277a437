/**
 * A host for tests: it records everything in memory and reads real files. `end()` ends the cell's generation: the signal aborts and
 * the disposers run.
 */
import { readdir, readFile } from "node:fs/promises";
import type { Host } from "../../cells/host.ts";
import { setHost } from "../../cells/host.ts";
import type { Output } from "../../cells/output.ts";
import type {
  RunAccount,
  RunChange,
  RunCheckpoint,
  RunMeta,
  RunOrder,
  RunSink,
  RunStatus,
  TestAnswers,
} from "../../cells/runs.ts";
import type { ProbeRow, Result, Row } from "../../cells/types.ts";

export type RecordedRun = {
  readonly meta: RunMeta;
  readonly rows: Row[];
  readonly probes: ProbeRow[];
  readonly changes: RunChange[];
  readonly checkpoints: (RunCheckpoint & { readonly state: Uint8Array })[];
  readonly seconds: Record<RunAccount, number>;
  readonly files: Map<string, Uint8Array | string>;
  /** In the order in which they came. */
  readonly answers: (TestAnswers & { readonly step: number })[];
  readonly phases: { label: string; done: number; total: number }[];
  readonly prepared: Record<string, unknown>;
  /** Gives the run an instruction, as the buttons of the page do. */
  readonly obey: (order: RunOrder) => void;
  /** The run's own stop button. */
  readonly abort: AbortController;
  status: RunStatus;
  message: string | undefined;
};

export interface BareHost extends Host {
  readonly outputs: Output[];
  readonly runs: RecordedRun[];
  readonly results: Result[];
  readonly files: Map<string, Uint8Array | string>;
  readonly progressed: { label: string; done: number; total: number }[];
  /** How often `breathe` was called. */
  breaths: number;
  /** Called at each breath, for tests that act between two steps. */
  onBreath: (() => void) | undefined;
  end(): void;
}

/** Makes a host and sets it. */
export function bareHost(seed = 1): BareHost {
  const controller = new AbortController();
  const disposers: (() => void)[] = [];
  const bytes = async (path: string): Promise<Uint8Array> => {
    const written = made.files.get(path);
    if (written === undefined) return new Uint8Array(await readFile(path));
    return typeof written === "string" ? new TextEncoder().encode(written) : written;
  };
  const made: BareHost = {
    outputs: [],
    runs: [],
    results: [],
    files: new Map(),
    progressed: [],
    breaths: 0,
    onBreath: undefined,
    signal: controller.signal,
    seed,
    show: (output) => void made.outputs.push(output),
    input: (spec) => spec.value,
    live: (spec) => ({ value: spec.value }),
    startRun: (meta, obey) => {
      const run = record(meta, obey);
      made.runs.push(run);
      controller.signal.addEventListener("abort", () => run.abort.abort(controller.signal.reason));
      return sink(run, made.runs.length);
    },
    stream: async (values) => (await values().next()).value,
    report: (results) => void made.results.push(...results),
    progress: (label, done, total) => void made.progressed.push({ label, done, total }),
    onDispose: (dispose) => void disposers.push(dispose),
    keep: () => undefined,
    previous: () => undefined,
    readFile: bytes,
    readRange: async (path, offset, length) => (await bytes(path)).slice(offset, offset + length),
    listFiles: async (folder) => {
      const written = [...made.files.keys()].filter((path) => path.startsWith(`${folder}/`));
      const names = written.map((path) => path.slice(folder.length + 1));
      return names.length > 0 ? names : await readdir(folder);
    },
    writeFile: async (path, data) => void made.files.set(path, typeof data === "string" ? data : data.slice()),
    storedResult: async (name) => made.files.get(`.palimpsest/cache/${name}.json`) as string | undefined,
    storeResult: async (name, text) => void made.files.set(`.palimpsest/cache/${name}.json`, text),
    version: "test",
    runFolder: (id) => `runs/${id}`,
    modelFolder: async (name) => name,
    breathe: async () => {
      made.breaths += 1;
      made.onBreath?.();
      await new Promise((resolve) => setImmediate(resolve));
      controller.signal.throwIfAborted();
    },
    end: () => {
      controller.abort(new Error("The cell was ended."));
      for (const dispose of disposers.splice(0)) dispose();
    },
  };
  setHost(made);
  return made;
}

function record(meta: RunMeta, obey: RecordedRun["obey"]): RecordedRun {
  const seconds = { steps: 0, probes: 0, checkpoints: 0 };
  const empty = {
    rows: [],
    probes: [],
    changes: [],
    checkpoints: [],
    files: new Map(),
    answers: [],
    phases: [],
    prepared: {},
    message: undefined,
  };
  return { meta, obey, seconds, ...empty, abort: new AbortController(), status: "running" };
}

function sink(run: RecordedRun, number: number): RunSink {
  return {
    id: `run-${number}`,
    signal: run.abort.signal,
    row: (row) => void run.rows.push(row),
    probe: (row) => void run.probes.push(row),
    change: (change) => void run.changes.push(change),
    get checkpoints() {
      return run.checkpoints;
    },
    checkpoint: async (step, state, kind) => {
      const best = kind === "best" && { best: true as const };
      const made = { step, state, marked: kind !== "temporary", ...best };
      run.checkpoints.splice(0, Infinity, ...run.checkpoints.filter((each) => each.step !== step), made);
    },
    keepBest: async (steps) => {
      const isHeld = ({ step, best }: RunCheckpoint) => best === undefined || steps.includes(step);
      run.checkpoints.splice(0, Infinity, ...run.checkpoints.filter(isHeld));
    },
    state: async (step) => run.checkpoints.find((each) => each.step === step)!.state,
    rewind: (change) => {
      const upTo = <T extends { readonly step: number }>(list: T[]): void => {
        list.splice(0, list.length, ...list.filter(({ step }) => step <= change.to));
      };
      for (const list of [run.rows, run.probes, run.changes, run.checkpoints]) upTo<{ readonly step: number }>(list);
      run.changes.push(change);
    },
    phase: (label, done, total) => void run.phases.push({ label, done, total }),
    prepared: (config) => void Object.assign(run.prepared, config),
    spent: (account, seconds) => {
      run.seconds[account] += seconds;
    },
    answers: async (step, tests) => void run.answers.push(...tests.map((test) => ({ step, ...test }))),
    file: async (path, data) => void run.files.set(path, data),
    end: async (status, message) => {
      run.status = status;
      run.message = message;
    },
  };
}
