/** What cells can ask of the kernel: implements `cells/host.ts` for whichever cell is calling. */
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Host } from "../../cells/host.ts";
import type { InputValue, Live } from "../../cells/inputs.ts";
import type { Output } from "../../cells/output.ts";
import type { FromKernel } from "../messages.ts";
import type { Files } from "./files.ts";
import { current, type Generation } from "./generation.ts";
import { declareInput } from "./inputs.ts";
import { RecordedRun, type RunPlace } from "./recorded-run.ts";
import { RUNS } from "./run-folder.ts";
import { declareStream } from "./streams.ts";

/** Never aborts: for work that belongs to no cell. */
const neverAborts = new AbortController().signal;

export function kernelHost(place: RunPlace, files: Files, send: (message: FromKernel) => void): Host {
  return {
    show: (output) => showIn(callingCell("show(…)"), output),
    input: (spec) => declareInput(callingCell("input"), spec, "constant").value,
    live(spec): Live<InputValue> {
      const input = declareInput(callingCell("input.live"), spec, "live");
      return {
        get value() {
          return input.value;
        },
      };
    },
    startRun: (meta, onOrder) => new RecordedRun(meta, onOrder, callingCell("train(…)"), place, send),
    report(results) {
      const generation = callingCell("report(…)");
      generation.send({ type: "report", cell: generation.cell, generation: generation.number, results });
    },
    stream: (values) => declareStream(callingCell("stream(…)"), values),
    progress(label, done, total) {
      const generation = callingCell("progress(…)");
      const { cell, number } = generation;
      generation.send({ type: "cell-progress", cell, generation: number, label, done, total });
    },
    get signal() {
      return current.getStore()?.signal ?? neverAborts;
    },
    onDispose: (dispose) => callingCell("onDispose(…)").onDispose(dispose),
    keep(value) {
      callingCell("keep(…)").kept = value;
    },
    previous: () => callingCell("previous()").previous,
    seed: place.seed,
    readFile: (path) => files.read(path),
    readRange: (...range) => files.readRange(...range),
    listFiles: (folder) => files.list(folder),
    writeFile: (path, data) => files.write(path, data),
    runFolder: (id) => join(place.workspace, RUNS, id),
    modelFolder: (name) => files.modelFolder(name),
    async breathe() {
      await nextTurn();
      current.getStore()?.throwIfAborted();
    },
  };
}

export function showIn(generation: Generation, output: Output): void {
  const shown = generation.outputs.next(output);
  if (shown)
    generation.send({ type: "cell-output", cell: generation.cell, generation: generation.number, output: shown });
}

function callingCell(what: string): Generation {
  const generation = current.getStore();
  if (!generation) throw new Error(`${what} was called outside of a cell. Call it from the code of a cell.`);
  return generation;
}
