/** What cells can ask of the kernel: the implementation of `cells/host.ts` for whichever cell is calling. */
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import type { Host } from "../../cells/host.ts";
import type { InputValue, Live } from "../../cells/inputs.ts";
import type { Output } from "../../cells/output.ts";
import type { FromKernel } from "../messages.ts";
import type { Files } from "./files.ts";
import { current, type Generation } from "./generation.ts";
import { declareInput } from "./inputs.ts";
import { RUNS } from "./run-folder.ts";
import { RecordedRun, type RunPlace } from "./runs.ts";
import { declareStream } from "./streams.ts";

/** Never aborts: for work that belongs to no cell. */
const unbounded = new AbortController().signal;

export function kernelHost(place: RunPlace, files: Files, say: (message: FromKernel) => void): Host {
  return {
    show: (output) => showIn(calling("show(…)"), output),
    input: (spec) => declareInput(calling("an input"), spec, false).value,
    live(spec): Live<InputValue> {
      const input = declareInput(calling("an input"), spec, true);
      return {
        get value() {
          return input.value;
        },
      };
    },
    startRun: (meta, obey) => new RecordedRun(meta, obey, calling("a training"), place, say),
    report(results) {
      const generation = calling("report(…)");
      generation.say({ type: "report", cell: generation.cell, generation: generation.number, results });
    },
    stream: (values) => declareStream(calling("stream(…)"), values),
    progress(label, done, total) {
      const generation = calling("progress");
      generation.say({
        type: "cell-progress",
        cell: generation.cell,
        generation: generation.number,
        label,
        done,
        total,
      });
    },
    get signal() {
      return current.getStore()?.signal ?? unbounded;
    },
    onDispose: (dispose) => calling("onDispose(…)").onDispose(dispose),
    keep(value) {
      calling("keep(…)").kept = value;
    },
    previous: () => calling("previous()").previous,
    seed: place.seed,
    readFile: (path) => files.read(path),
    readRange: (...range) => files.readRange(...range),
    listFiles: (folder) => files.list(folder),
    writeFile: (path, data) => files.write(path, data),
    runFolder: (id) => join(place.workspace, RUNS, id),
    modelFolder: (name) => files.modelFolder(name),
    async breathe() {
      await turn();
      current.getStore()?.throwIfAborted();
    },
  };
}

export function showIn(generation: Generation, output: Output): void {
  generation.say({ type: "cell-output", cell: generation.cell, generation: generation.number, output });
}

function calling(what: string): Generation {
  const generation = current.getStore();
  if (!generation) throw new Error(`No cell is at work that ${what} could belong to. Call it from a cell.`);
  return generation;
}
