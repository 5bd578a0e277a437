/** A real training of a tiny model, as cells of a notebook: steps take milliseconds. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bareHost } from "../../cells/bare-host.ts";
import { useBackend } from "../../cells/model/backend.ts";
import { tinyFolder } from "../../cells/model/tiny.ts";

/** Writes the model's folder. @returns the cell that loads it as `base` and makes a `method` with the live knob `weight`. */
export async function tinyBase(folder: string): Promise<string> {
  await useBackend("cpu");
  const host = bareHost();
  const name = await tinyFolder(host);
  for (const [path, data] of host.files) {
    await mkdir(join(folder, name), { recursive: true });
    await writeFile(join(folder, path), data);
  }
  host.end();
  return `import { alerts, chatModel, input, keep, lora, previous, train } from "palimpsest";
import type { Method, Run } from "palimpsest";
const base = await chatModel("./${name}");
const weight = input.live.number("weight", { value: 1 });
const words = ["hello", "quick", "walks", "river", "see", "what", "time", "name"];
const method: Method = {
  name: "both",
  per: "role",
  samples: words.map((word, at) => ({
    prompt: [{ role: "user", content: word }],
    segments: [
      { role: "translation", origin: "data", text: words[(at + 3) % words.length]!, weight: 1 },
      { role: "rationale", origin: "base", text: " " + word, weight: 1 },
    ],
    endTurn: true,
  })),
  weight: (role, read = (knob) => knob.value) => (role === "rationale" ? read(weight) : 1),
  config: {},
  knobs: { weight },
};`;
}

/** A cell that starts such a training as `run`. `settings` are further options, with a comma before them. */
export const training = (steps: number, settings = "", rank = 2): string =>
  `const run = train(base, { method, adapter: lora({ rank: ${rank}, dropout: 0.1 }), steps: ${steps}, batch: 3, warmup: 2, learningRate: 0.02${settings} });`;
