import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { bareHost } from "./cells/bare-host.ts";
import { useBackend } from "./cells/model/backend.ts";
import { type Golden, goldenFolder } from "./cells/model/golden.ts";
import { checkFolder, passes } from "./golden-check.ts";

beforeAll(async () => {
  await useBackend("wasm");
  bareHost();
});

describe("the checker of reference results", () => {
  it("passes for all models, tokenizers, templates and scores in test/golden", async () => {
    const folders = new Set<string>();
    for await (const check of checkFolder(goldenFolder(""))) {
      expect(passes(check), `${check.folder}: ${check.name} ${check.error}`).toBe(true);
      folders.add(check.folder);
    }
    const models = (await readdir(goldenFolder(""))).filter((name) => /^(llama|mistral|qwen)/.test(name));
    const tokenizers = ["byte-bpe", "llama-bpe", "unigram"].map((kind) => `tokenizer-${kind}`);
    const templates = await readdir(goldenFolder("templates"));
    expect(templates).toHaveLength(12);
    const adapters = await readdir(goldenFolder("adapters"));
    expect(adapters).toHaveLength(12);
    const steps = ["llama-2", "qwen"];
    expect([...folders].sort()).toEqual(
      [...new Set([...models, ...tokenizers, ...templates, ...adapters, ...steps, "metrics"])].sort(),
    );
    expect(models).toHaveLength(7);
  });

  const changes: [string, string, (golden: Golden) => void][] = [
    ["a logit", "logits", ({ logits }) => add(logits[1]![3]!, 40, 1e-3)],
    ["the nll", "weighted nll", (golden) => add(golden, "weighted_nll", 2e-5)],
    ["a greedy token", "greedy tokens", ({ greedy }) => add(greedy.tokens, 19, 1)],
    ["a gradient's norm", "gradient norms", ({ lora }) => add(lora.grad_norms, Object.keys(lora.grad_norms)[9]!, 1e-3)],
    ["a step's norm", "gradient norms of the steps", ({ lora }) => add(lora.adamw.loss_and_grad_norm[6]!, 1, 2e-3)],
    ["a trained logit", "logits with adapter-trained", ({ lora }) => add(lora.trained_logits_row, 2, 1.1e-3)],
  ];
  it.each(changes)("fails if %s is wrong", async (_what, name, change) => {
    const folder = await copied("llama-gqa");
    const golden = JSON.parse(await readFile(`${folder}/golden.json`, "utf8")) as Golden;
    change(golden);
    await writeFile(`${folder}/golden.json`, JSON.stringify(golden));
    expect(await failing(folder)).toContain(name);
    await rm(folder, { recursive: true });
  });

  it("fails if a step of RaDis has a wrong loss, or a token with another role", async () => {
    const folder = await copied("radis/llama-2");
    const golden = JSON.parse(await readFile(`${folder}/golden.json`, "utf8"));
    golden.cases[1].loss += 2e-4;
    golden.samples[3].roles[golden.samples[3].roles.indexOf("separator")] = "rationale";
    await writeFile(`${folder}/golden.json`, JSON.stringify(golden));
    const failed = await failing(folder);
    expect(failed).toContain("per token, weight 0.3, packed: loss");
    expect(failed).toContain("per token, weight 1: roles");
    expect(failed.filter((name) => /gradients|ids|weight 1, .*loss/.test(name))).toEqual([]);
    await rm(folder, { recursive: true });
  });

  it("fails for one wrong weight of the model, and for a file that cannot be read", async () => {
    const folder = await copied("llama-gqa");
    const weights = await readFile(`${folder}/model.safetensors`);
    // The embedding of token 81, the first token of the first row.
    const header = Number(weights.readBigUInt64LE(0));
    const entry = JSON.parse(weights.toString("utf8", 8, 8 + header))["model.embed_tokens.weight"];
    weights.writeFloatLE(1, 8 + header + entry.data_offsets[0] + 4 * 32 * 81);
    await writeFile(`${folder}/model.safetensors`, weights);
    expect(await failing(folder)).toContain("logits");
    await writeFile(`${folder}/golden.json`, "{");
    expect(await failing(folder)).toEqual(["reading"]);
    await rm(folder, { recursive: true });
  });

  it("exits with 1 if a check fails or there is nothing to check", async () => {
    const empty = await mkdtemp(join(tmpdir(), "golden-"));
    expect(await run(empty)).toMatchObject({ code: 1, output: expect.stringMatching(/contains nothing to check/) });
    await cp(goldenFolder("metrics/tokenizer-unigram"), join(empty, "odd-tokenizer"), { recursive: true });
    expect(await run(empty)).toMatchObject({ code: 0, output: expect.stringMatching(/4 passed, 0 failed/) });
    const path = join(empty, "odd-tokenizer/golden.json");
    await writeFile(path, (await readFile(path, "utf8")).replace(/"ids": \[\d+/, '"ids": [9'));
    const failed = expect.stringMatching(/FAILED odd-tokenizer: ids of 87 texts: 1\.0e\+0/);
    expect(await run(empty)).toMatchObject({ code: 1, output: failed });
    await rm(empty, { recursive: true });
  });
});

function add(values: object, at: string | number, amount: number): void {
  const numbers = values as Record<string | number, number>;
  numbers[at] = numbers[at]! + amount;
}

async function copied(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `${basename(name)}-`));
  await cp(goldenFolder(name), folder, { recursive: true });
  return folder;
}

async function failing(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const check of checkFolder(folder)) if (!passes(check)) names.push(check.name);
  return names;
}

/** Runs the command. `output` is its standard output and standard error. */
function run(folder: string): Promise<{ code: number; output: string }> {
  const script = fileURLToPath(new URL("golden.ts", import.meta.url));
  return new Promise((resolve) => {
    execFile(process.execPath, ["--import", "tsx", script, folder, "--backend", "cpu"], (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr });
    });
  });
}
