/** The graph in `@observablehq/runtime`. */
import { Runtime } from "@observablehq/runtime";
import { Countdown } from "./countdown.ts";
import { DEPENDENTS, parents, type ReactiveGraph } from "./graph.ts";

export async function observable(): Promise<ReactiveGraph> {
  const runtime = new Runtime();
  const module = runtime.module();
  const fulfilments = new Countdown();
  const observer = {
    fulfilled: () => fulfilments.tick(),
    rejected: (error: Error) => {
      throw error;
    },
  };
  const firstValues = fulfilments.from(parents.length);
  for (const [index, used] of parents.entries()) {
    const definition = (...values: number[]): number => values.reduce((sum, value) => sum + value, index);
    const names = used.map((parent) => `n${parent}`);
    module.variable(observer).define(`n${index}`, names, definition);
  }
  await firstValues;
  return {
    change(value) {
      const done = fulfilments.from(1 + DEPENDENTS);
      module.redefine("n0", [], () => value);
      return done;
    },
    async close() {
      runtime.dispose();
    },
  };
}
