/**
 * Runs a notebook with several seeds. Prints the mean (minimum–maximum) of its results for each method as a Markdown table, and the
 * wall time of each run:
 *
 *     npx tsx test/bench/seeds.ts experiments/radis.ts --seeds 1,2,3 --set steps=600
 *
 * The tables in `experiments/README.md` come from it. The runs go one after the other, so that their wall times can be compared.
 */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

type Result = { readonly method: string; readonly [measure: string]: number | string };
type Run = { readonly results: readonly Result[]; readonly seconds: number };

/** The columns of the table, in this order; those that the notebook does not report are left out. */
const columns = [
  "velanChat",
  "velanHeldWording",
  "velanRefusal",
  "velanOverRefusal",
  "velanRefusalEnding",
  "chrf",
  "general",
  "touched",
  "format",
  "untouched",
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
const runs: Run[] = [];
for (const seed of seeds) runs.push(await run([`seed=${seed}`, ...values.set]));
process.stdout.write(table(runs));

/** @throws if the notebook fails. */
async function run(settings: readonly string[]): Promise<Run> {
  const cli = fileURLToPath(new URL("../../server/palimpsest.mjs", import.meta.url));
  const sets = settings.flatMap((setting) => ["--set", setting]);
  const start = performance.now();
  const child = spawn(process.execPath, [cli, "run", notebook, ...sets, "--json"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`palimpsest run ${notebook} ${sets.join(" ")} failed (exit code ${code}).`);
  const seconds = (performance.now() - start) / 1000;
  const { results } = JSON.parse(output.trim().split("\n").at(-1) ?? "") as { results: Result[] };
  process.stderr.write(`${settings.join(" ")}: ${seconds.toFixed(0)} s ${JSON.stringify(results)}\n`);
  return { results, seconds };
}

function table(all: readonly Run[]): string {
  const methods = [...new Set(all.flatMap(({ results }) => results.map(({ method }) => method)))];
  const measures = columns.filter((column) => all.every(({ results }) => results.some((result) => column in result)));
  const rows = methods.map((method) => {
    const ofMethod = all.flatMap(({ results }) => results.filter((result) => result.method === method));
    const fields = measures.map((measure) => {
      const values = ofMethod.flatMap((result) => (measure in result ? [Number(result[measure])] : []));
      return values.length > 0 ? meanAndRange(values) : "";
    });
    return `| ${method} | ${fields.join(" | ")} |`;
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

/** `0.808 (0.80–0.81)`, without the range where all are equal to three digits. */
function meanAndRange(numbers: readonly number[]): string {
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const text = mean.toFixed(3);
  return low.toFixed(3) === high.toFixed(3) ? text : `${text} (${low.toFixed(2)}–${high.toFixed(2)})`;
}
