/**
 * Checks a folder of reference results: models, adapters, steps of RaDis, tokenizers, chat templates and scores, recognised by their files. A reference that cannot be read is a
 * failed check; the other checks still run.
 */
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { checkAdapterKind } from "./golden-adapter.ts";
import { checkScores } from "./golden-metrics.ts";
import { checkModel } from "./golden-model.ts";
import { checkRadis } from "./golden-radis.ts";
import type { Check } from "./golden-result.ts";
import { checkTemplate } from "./golden-template.ts";
import { checkTokenizer } from "./golden-tokenizer.ts";

/** Checks the folder itself and, if it is no reference itself, all folders in it. */
export async function* checkFolder(folder: string): AsyncGenerator<Check & { readonly folder: string }> {
  const files = await readdir(folder, { withFileTypes: true });
  const has = (name: string): boolean => files.some((file) => file.name === name);
  const named = async function* (checks: AsyncGenerator<Check>) {
    try {
      for await (const check of checks) yield { ...check, folder: basename(folder) };
    } catch (error) {
      const note = error instanceof Error ? error.message : String(error);
      yield { folder: basename(folder), name: "reading", error: Number.POSITIVE_INFINITY, limit: 0, note };
    }
  };
  if (has("golden.json")) yield* named(checkReference(folder, has));
  if (has("sacrebleu.json")) yield* named(scores(join(folder, "sacrebleu.json")));
  if (has("golden.json")) return;
  for (const file of files) if (file.isDirectory()) yield* checkFolder(join(folder, file.name));
}

/** A step of RaDis has its gradients, an adapter and a model have their configs, a tokenizer its file; a template uses one of the reference tokenizers. */
function checkReference(folder: string, has: (name: string) => boolean): AsyncGenerator<Check> {
  if (has("gradients.safetensors")) return checkRadis(folder);
  if (has("adapter_config.json")) return checkAdapterKind(folder);
  if (has("config.json")) return checkModel(folder);
  return has("tokenizer.json") ? checkTokenizer(folder) : checkTemplate(folder);
}

async function* scores(path: string): AsyncGenerator<Check> {
  for (const check of checkScores(JSON.parse(await readFile(path, "utf8"))))
    yield { ...check, limit: 1e-6, note: check.fault };
}

export function passes({ error, limit }: Check): boolean {
  return error <= limit;
}
