/**
 * The reactive core compared with `@observablehq/runtime`, in one process and in turn: the same graph of 1,000 variables, one of which
 * changes, and ten of which are computed from it. Ours is everything between the server's receipt of the change and the last new value,
 * without the sockets: session, plan, kernel, the code of the cells and their events.
 */
import { type Measure, measureOf, quantile, timed } from "./measure.ts";
import { observable } from "./observable.ts";
import { workbench } from "./workbench.ts";

const SAMPLES = 200;
const WARM_UP = 1000;

export async function againstObservable(): Promise<Measure[]> {
  const [ours, theirs] = [await workbench(), await observable()];
  const ourSamples: number[] = [];
  const theirSamples: number[] = [];
  try {
    for (let round = 1; round <= WARM_UP + SAMPLES; round += 1) {
      const ourTime = await timed(() => ours.change(round));
      const theirTime = await timed(() => theirs.change(round));
      if (round <= WARM_UP) continue;
      ourSamples.push(ourTime);
      theirSamples.push(theirTime);
    }
  } finally {
    await Promise.all([ours.close(), theirs.close()]);
  }
  return [
    {
      name: "runtime-ratio",
      value: quantile(ourSamples, 0.5) / quantile(theirSamples, 0.5),
      samples: ourSamples.map((ms, index) => ms / theirSamples[index]!),
    },
    measureOf("runtime-ours-ms", ourSamples),
    measureOf("runtime-theirs-ms", theirSamples),
  ];
}
