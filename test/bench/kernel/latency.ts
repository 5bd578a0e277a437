/** From the hand to the eye: what a page waits for after an edit, and after a slider has moved. */
import { Client } from "./client.ts";
import { type Measure, median, quantile } from "./measure.ts";

const SAMPLES = 200;
const WARM = 20;
const DEPENDENTS = 10;

/** An edit of a light cell and its run, to the first output event that shows the new value. */
export async function editToOutput(): Promise<Measure[]> {
  const client = await Client.open("// %% light\n0 + 0\n\n// %% other\nconst other = 1;\n");
  const samples: number[] = [];
  try {
    for (let round = 1; round <= SAMPLES + WARM; round += 1) {
      const shown = client.heard(
        (event) => event.type === "cell-output" && event.cell === "light" && showsNumber(event.output, round),
      );
      const began = performance.now();
      client.ask({ type: "edit", cell: "light", source: `0 + ${round}`, by: "bench" });
      client.ask({ type: "run", cells: ["light"] });
      await shown;
      if (round > WARM) samples.push(performance.now() - began);
    }
  } finally {
    await client.close();
  }
  return [
    { name: "edit-output-p50-ms", value: median(samples), samples },
    { name: "edit-output-p95-ms", value: quantile(samples, 0.95), samples },
  ];
}

/** A move of a slider, to the end of the last of the ten cells that use it. */
export async function sliderToDone(): Promise<Measure[]> {
  const cells = Array.from({ length: DEPENDENTS }, (_, at) => `// %% user${at}\nknob + ${at}\n`);
  const declared =
    'import { input } from "palimpsest";\nconst knob = input.range("knob", { min: 0, max: 1000, value: 0 });';
  const client = await Client.open(`// %% knobs\n${declared}\n\n${cells.join("\n")}`);
  const allDone = (): Promise<unknown> =>
    Promise.all(
      cells.map((_, at) => client.heard((event) => event.type === "cell-finished" && event.cell === `user${at}`)),
    );
  const samples: number[] = [];
  try {
    const first = allDone();
    client.ask({ type: "run", cells: "all" });
    await first;
    for (let round = 1; round <= SAMPLES + WARM; round += 1) {
      const done = allDone();
      const began = performance.now();
      client.ask({ type: "input", cell: "knobs", name: "knob", value: round });
      await done;
      if (round > WARM) samples.push(performance.now() - began);
    }
  } finally {
    await client.close();
  }
  return [{ name: "slider-10-p95-ms", value: quantile(samples, 0.95), samples }];
}

function showsNumber(output: { readonly kind: string }, value: number): boolean {
  return JSON.stringify(output).includes(`"text":"${value}"`);
}
