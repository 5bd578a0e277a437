/**
 * What ledger and interrupts cost a training step of the embedded model on wasm: steps with them and steps on the bare
 * engine in turn, and the median of the paired differences in percent of a bare step.
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
import { type Measure, median } from "./measure.ts";

const STEPS = 200;
const WARM = 10;

export async function overhead(): Promise<Measure[]> {
  await chooseBackend("wasm");
  bareHost();
  const step = await trainingStep(embedded, { batch: 16, length: 64, rank: 16 });
  const ledger = new Ledger(() => {});
  const about = {
    cell: "bench",
    number: 1,
    snapshot: "",
    source: "",
    analysis: analyse(""),
    userValues: {},
    previous: undefined,
  };
  const generation = new Generation(about, new Interrupts().flag("bench", 1), () => {});
  const samples: number[] = [];
  for (let round = -WARM; round < STEPS; round += 1) {
    const bare = await timed(step);
    const unwatch = watchEngine(ledger);
    const watched = await timed(() => current.run(generation, step));
    unwatch();
    if (round >= 0) samples.push((100 * (watched - bare)) / bare);
  }
  return [{ name: "overhead-percent", value: median(samples), samples }];
}

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
