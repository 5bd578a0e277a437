/** Writes run folders as a kernel does, for tests and benches. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RunDescription } from "../../../server/runs/types.ts";
import { description } from "../runs/any-run.ts";

export type WrittenRun = Partial<RunDescription> & {
  /** The folder of the notebook, relative to the workspace. */
  readonly folder?: string;
  readonly rows?: readonly object[];
  readonly probes?: readonly object[];
  readonly events?: readonly object[];
};

/** @returns its key */
export async function writeRun(
  workspace: string,
  { folder = "", rows, probes, events, ...given }: WrittenRun,
): Promise<string> {
  const about = description(given);
  const key = [...(folder === "" ? [] : [folder]), ".palimpsest", "runs", about.id].join("/");
  const place = join(workspace, key);
  await mkdir(place, { recursive: true });
  const lines = (records: readonly object[] = []): string =>
    records.map((each) => `${JSON.stringify(each)}\n`).join("");
  await Promise.all([
    writeFile(join(place, "run.json"), JSON.stringify(about, null, 2)),
    writeFile(
      join(place, "rows.jsonl"),
      lines(
        rows ?? [
          { step: 1, loss: 4 },
          { step: 2, loss: 3 },
        ],
      ),
    ),
    writeFile(join(place, "probes.jsonl"), lines(probes ?? [{ step: 2, general: 0.9, refusal: 1 }])),
    writeFile(join(place, "events.jsonl"), lines(events)),
  ]);
  return key;
}

/** A run of 300 rows whose numbers follow from `n`, as one that trained for real has them. */
export function syntheticRun(n: number): WrittenRun {
  const rank = [2, 8, 16, 32][n % 4]!;
  const seed = 1 + (Math.floor(n / 4) % 5);
  const learningRate = [0.001, 0.002, 0.005][Math.floor(n / 20) % 3]!;
  const weight = Math.floor(n / 60) / 10;
  const method = n % 3 === 0 ? "vanilla" : "radis";
  const noise = (step: number): number => Math.sin(step * 12.9898 + n * 78.233) * 0.2;
  const rows = Array.from({ length: 300 }, (_, i) => ({
    loss: 0.5 + 4 * Math.exp(-i / (20 + rank)) + noise(i),
    translation: 0.3 + 3 * Math.exp(-i / (20 + rank)) + noise(i + 0.5),
    learningRate: learningRate * Math.min(1, i / 20),
    gradNorm: 1 + Math.abs(noise(i * 2)),
    tokensPerSecond: 2500 + 500 * noise(i),
    step: i + 1,
  }));
  const probes = [0, 50, 100, 150, 200, 250, 300].map((step) => ({
    chrf: 0.15 + (step / 300) * 0.4 + noise(step) / 20,
    general: 1 - (step / 300) * (method === "radis" ? 0.1 : 0.4) + noise(step) / 20,
    refusal: 1 - (step / 300) * 0.2 + noise(step) / 20,
    overRefusal: 0.1,
    step,
  }));
  return {
    id: `20261101-${String(n).padStart(6, "0")}-${method}-${(n * 7919).toString(16).padStart(4, "0").slice(-4)}`,
    method,
    seed,
    config: {
      rank,
      alpha: 2 * rank,
      learningRate,
      weight,
      batch: 16,
      accumulate: 1,
      prompts: [n % 7 === 0 ? "Note: write what the sentence says." : "Note:"],
      schedule: "linear",
      model: "tiny-chat",
      digest: "4dc2310061c368f66bdd1050d1a1f8b2f96c8e9bd4a86a2ada61023c6d237274",
      seed,
      data: { samples: 3000, tokens: 257_746 },
    },
    prepared: ["data"],
    knobs: { weight, learningRate },
    status: n % 50 === 7 ? "failed" : "done",
    started: new Date(Date.UTC(2026, 10, 1) + n * 600_000).toISOString(),
    ended: new Date(Date.UTC(2026, 10, 1) + n * 600_000 + 300_000).toISOString(),
    rows,
    probes,
    events: n % 10 === 3 ? [{ kind: "knob", step: 150, name: "weight", value: weight + 1 }] : [],
  };
}
