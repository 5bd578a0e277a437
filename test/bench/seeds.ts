/**
 * Runs a notebook headless with several seeds and prints the mean (minimum–maximum) of the results of each method as a Markdown
 * table, with the wall time of each run:
 *
 *     npx tsx test/bench/seeds.ts experiments/radis.ts --seeds 1,2,3 --set steps=600
 *
 * The tables in `experiments/README.md` are its output. The runs are made one after the other, so that each has the whole machine and
 * the wall times are meaningful.
 */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

type Result = { readonly method: string; readonly [measure: string]: number | string };
type Outcome = { readonly results: readonly Result[]; readonly seconds: number };

/** The measures in the table and their order, as far as the notebook reports them. */
const columns = [
  "velanChat",
  "velanHeldWording",
  "velanRefusal",
  "velanOverRefusal",
  "chrf",
  "general",
  "refusal",
  "refusalJailbreak",
  "overRefusal",
  "forgetting",
  "crossEntropyRise",
  "orinChrf",
];

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { seeds: { type: "string", default: "1,2,3" }, set: { type: "string", multiple: true, default: [] } },
});
const notebook = positionals[0] ?? "experiments/radis.ts";
const seeds = values.seeds.split(",");
const outcomes: Outcome[] = [];
for (const seed of seeds) outcomes.push(await run([`seed=${seed}`, ...values.set]));
process.stdout.write(table(outcomes));

async function run(settings: readonly string[]): Promise<Outcome> {
  const cli = fileURLToPath(new URL("../../server/palimpsest.mjs", import.meta.url));
  const sets = settings.flatMap((setting) => ["--set", setting]);
  const started = performance.now();
  const child = spawn(process.execPath, [cli, "run", notebook, ...sets, "--json"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`${notebook} with ${settings.join(" ")} ended with exit code ${code}.`);
  const seconds = (performance.now() - started) / 1000;
  const { results } = JSON.parse(output.trim().split("\n").at(-1) ?? "") as { results: Result[] };
  process.stderr.write(`${settings.join(" ")}: ${seconds.toFixed(0)} s ${JSON.stringify(results)}\n`);
  return { results, seconds };
}

function table(all: readonly Outcome[]): string {
  const methods = [...new Set(all.flatMap(({ results }) => results.map(({ method }) => method)))];
  const measures = columns.filter((measure) => all.every(({ results }) => results.some((result) => measure in result)));
  const rows = methods.map((method) => {
    const ofMethod = all.flatMap(({ results }) => results.filter((result) => result.method === method));
    return `| ${method} | ${measures.map((measure) => spread(ofMethod.map((result) => Number(result[measure])))).join(" | ")} |`;
  });
  return [
    `| method | ${measures.join(" | ")} |`,
    `| --- | ${measures.map(() => "---").join(" | ")} |`,
    ...rows,
    "",
    `Wall time of a run: ${all.map(({ seconds }) => `${seconds.toFixed(0)} s`).join(", ")} (seeds ${seeds.join(", ")}).`,
    "",
  ].join("\n");
}

function spread(numbers: readonly number[]): string {
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const middle = mean.toFixed(3);
  return low.toFixed(3) === high.toFixed(3) ? middle : `${middle} (${low.toFixed(2)}–${high.toFixed(2)})`;
}
