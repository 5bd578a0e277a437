/** How long a user waits: from an edit to the new output, and from a slider's new value to the end of the cells that use it. */
import { Client } from "./client.ts";
import { type Measure, measureOf, samplesOf, timed } from "./measure.ts";

const ROUNDS = { count: 200, warmUp: 20 };
const DEPENDENTS = 10;

/** An edit of a light cell and a request to run it, until the first output event that shows the new value. */
export async function editToOutput(): Promise<Measure[]> {
  const client = await Client.open("// %% light\n0 + 0\n\n// %% other\nconst other = 1;\n");
  try {
    const samples = await samplesOf(ROUNDS, (round) => {
      const shown = client.nextEvent(
        (event) => event.type === "cell-output" && event.cell === "light" && showsNumber(event.output, round),
      );
      return timed(() => {
        client.send({ type: "edit", cell: "light", source: `0 + ${round}`, by: "bench" });
        client.send({ type: "run", cells: ["light"] });
        return shown;
      });
    });
    return [measureOf("edit-output-p50-ms", samples), measureOf("edit-output-p95-ms", samples, 0.95)];
  } finally {
    await client.close();
  }
}

/** A slider's new value, until the last of ten cells that use it has finished. */
export async function sliderToDone(): Promise<Measure[]> {
  const cells = Array.from({ length: DEPENDENTS }, (_, index) => `// %% user${index}\nknob + ${index}\n`);
  const slider =
    'import { input } from "palimpsest";\nconst knob = input.range("knob", { min: 0, max: 1000, value: 0 });';
  const client = await Client.open(`// %% knobs\n${slider}\n\n${cells.join("\n")}`);
  const allFinished = (): Promise<unknown> =>
    Promise.all(
      cells.map((_, index) =>
        client.nextEvent((event) => event.type === "cell-finished" && event.cell === `user${index}`),
      ),
    );
  try {
    const firstRun = allFinished();
    client.send({ type: "run", cells: "all" });
    await firstRun;
    const samples = await samplesOf(ROUNDS, (round) => {
      const finished = allFinished();
      return timed(() => {
        client.send({ type: "input", cell: "knobs", name: "knob", value: round });
        return finished;
      });
    });
    return [measureOf("slider-10-p95-ms", samples, 0.95)];
  } finally {
    await client.close();
  }
}

function showsNumber(output: { readonly kind: string }, value: number): boolean {
  return JSON.stringify(output).includes(`"text":"${value}"`);
}
