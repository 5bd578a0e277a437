/** What cells can ask of the kernel: implements `cells/host.ts` for whichever cell is calling. */
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Host } from "../../cells/host.ts";
import type { InputValue, Live } from "../../cells/inputs.ts";
import type { Output } from "../../cells/output.ts";
import type { FromKernel } from "../messages.ts";
import { holds } from "../session/inside.ts";
import type { Files } from "./files.ts";
import { current, type Generation } from "./generation.ts";
import { declareInput } from "./inputs.ts";
import { cellNow, readsNow } from "./reads-now.ts";
import { RecordedRun, type RunPlace } from "./recorded-run.ts";
import { RUNS } from "./run-folder.ts";
import type { SignedResults } from "./signed-results.ts";
import { declareStream } from "./streams.ts";

/** Never aborts: for work that belongs to no cell. */
const neverAborts = new AbortController().signal;

/** `version`: of the code that this kernel runs. */
type Cached = { readonly results: SignedResults; readonly version: string };

export function kernelHost(place: RunPlace, files: Files, cached: Cached, send: (message: FromKernel) => void): Host {
  const noted = async (path: string): Promise<string> => {
    const file = await files.readable(path);
    // Whether a result comes from the cache makes no difference to what is computed with it.
    if (!holds(join(place.workspace, ".palimpsest", "cache"), file)) readsNow()?.file(file);
    return path;
  };
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
    readFile: async (path) => files.read(await noted(path)),
    readRange: async (path, ...range) => files.readRange(await noted(path), ...range),
    listFiles: async (folder) => files.list(await noted(folder)),
    writeFile: (path, data) => files.write(path, data),
    storedResult: (name) => cached.results.read(name),
    storeResult: (name, text) => cached.results.write(name, text),
    version: cached.version,
    runFolder: (id) => join(place.workspace, RUNS, id),
    async modelFolder(name) {
      const folder = await files.modelFolder(name);
      send({ type: "model-used", ...cellNow(), name, folder });
      return folder;
    },
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
