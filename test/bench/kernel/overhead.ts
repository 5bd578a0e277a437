/**
 * How much the ledger and interrupts slow down a training step of the embedded model's shape on wasm. Steps with them and steps on
 * the bare engine take turns. The value is the median of the paired differences, in percent of the bare step.
 */
import { chooseBackend } from "../../../cells/device/backend.ts";
import { watchEngine } from "../../../server/kernel/engine.ts";
import { current, Generation } from "../../../server/kernel/generation.ts";
import { Interrupts } from "../../../server/kernel/interrupts.ts";
import { Ledger } from "../../../server/kernel/ledger.ts";
import { analyse } from "../../../server/notebook/language/analyse.ts";
import { bareHost } from "../../cells/bare-host.ts";
import { embedded } from "../shapes.ts";
import { trainingStep } from "../training.ts";
import { type Measure, measureOf, samplesOf, timed } from "./measure.ts";

export async function overhead(): Promise<Measure[]> {
  await chooseBackend("wasm");
  bareHost();
  const step = await trainingStep(embedded, { batch: 16, length: 64, rank: 16 });
  const ledger = new Ledger(() => {});
  const cell = {
    cell: "bench",
    number: 1,
    snapshot: "",
    source: "",
    analysis: analyse(""),
    userValues: {},
    previous: undefined,
  };
  const generation = new Generation(cell, new Interrupts().flag("bench", 1), () => {});
  const samples = await samplesOf({ count: 200, warmUp: 10 }, async () => {
    const bare = await timed(step);
    const unwatch = watchEngine(ledger);
    const watched = await timed(() => current.run(generation, step));
    unwatch();
    return (100 * (watched - bare)) / bare;
  });
  return [measureOf("overhead-percent", samples)];
}
