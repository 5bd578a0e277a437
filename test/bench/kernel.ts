/**
 * The kernel's figures: how soon an edit and a slider show, what planning costs, whether re-runs leave anything behind,
 * what ledger and interrupts cost a training, and the reactive core beside `@observablehq/runtime`. Each measure is a file
 * of `kernel/`; each of them runs alone, one after the other.
 *
 *     npm run bench -- kernel [--json]
 */
import type { BenchOptions } from "./bench.ts";
import { editToOutput, sliderToDone } from "./kernel/latency.ts";
import type { Measure } from "./kernel/measure.ts";
import { overhead } from "./kernel/overhead.ts";
import { planning } from "./kernel/planning.ts";
import { growth } from "./kernel/rerun.ts";
import { againstRuntime } from "./kernel/runtime.ts";
import { start } from "./kernel/start.ts";

export async function bench({ json }: BenchOptions): Promise<{ measures: readonly Measure[] }> {
  const measures: Measure[] = [];
  for (const part of [start, editToOutput, sliderToDone, planning, againstRuntime, growth, overhead]) {
    const made = await part();
    measures.push(...made);
    if (!json) for (const { name, value } of made) console.log(`${name.padEnd(22)} ${value.toFixed(2)}`);
  }
  return { measures };
}
