/**
 * The figures of the kernel and of the session around it. Each part is a file of `kernel/`, and they run one after the other;
 * `kernel/README.md` says what each figure means.
 */
import type { BenchOptions } from "./bench.ts";
import { growth } from "./kernel/growth.ts";
import { editToOutput, sliderToDone } from "./kernel/latency.ts";
import { longSession } from "./kernel/long-session.ts";
import type { Measure } from "./kernel/measure.ts";
import { overhead } from "./kernel/overhead.ts";
import { manyCells } from "./kernel/page.ts";
import { planning } from "./kernel/planning.ts";
import { serverStart } from "./kernel/server-start.ts";
import { kernelStart } from "./kernel/start.ts";

const parts = [
  kernelStart,
  serverStart,
  editToOutput,
  sliderToDone,
  planning,
  manyCells,
  growth,
  overhead,
  longSession,
];

export async function bench({ json }: BenchOptions): Promise<{ measures: readonly Measure[] }> {
  const measures: Measure[] = [];
  for (const part of parts) {
    const figures = await part();
    measures.push(...figures);
    if (!json) for (const { name, value } of figures) console.log(`${name.padEnd(22)} ${value.toFixed(2)}`);
  }
  return { measures };
}
