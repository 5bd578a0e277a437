import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { kernelCalls } from "../../../../cells/device/functions.ts";
import { wholeName } from "../../../../cells/model/adapter.ts";
import { layOut } from "../../../../cells/model/target-rows.ts";
import { optimizer } from "../../../../cells/train/step/optimizer.ts";
import { gradients, update } from "../../../../cells/train/step/update.ts";
import { bareHost } from "../../bare-host.ts";
import { useBackend } from "../../model/backend.ts";
import { goldenAdapter, goldenDecoder, goldenNumbers, goldenSamples, peftName } from "../../model/golden.ts";

const perToken = { per: "token", weight: () => 1 } as const;

const models = ["llama-gqa", "llama-old-spelling", "llama-rope-scaled", "mistral-window"];

describe.each([
  { backend: "wasm", names: models },
  { backend: "cpu", names: ["llama-gqa"] },
])("LoRA on $backend", ({ backend, names }) => {
  beforeAll(async () => {
    await useBackend(backend);
    bareHost();
  });

  describe.each(names)("%s", (name) => {
    it("reproduces PyTorch's loss, gradients and ten steps of AdamW", async () => {
      const golden = await goldenNumbers(name);
      const decoder = await goldenDecoder(name);
      const adapter = await goldenAdapter(decoder, `${name}/adapter`);
      const batch = layOut(goldenSamples(golden, golden.lora), 8);
      const { lr, betas, eps, weight_decay, clip, loss_and_grad_norm } = golden.lora.adamw;

      const frozen = weightGradients();
      const first = await gradients({ decoder, adapter, parameters: adapter.tensors }, [batch], perToken);
      // One product for each A, each B and a trained output layer; none for the frozen linear layers and norms.
      const tables = adapter.tensors.has(wholeName("lm_head.weight")) ? 1 : 0;
      expect(weightGradients() - frozen).toBe(adapter.tensors.size - tables);
      expect(Math.abs(first.loss / golden.lora.loss - 1)).toBeLessThan(1e-6);
      const found = new Map([...first.gradients].map(([name, g]) => [peftName(name), g]));
      expect([...found.keys()].sort()).toEqual(Object.keys(golden.lora.grad_norms).sort());
      for (const [name, norm] of Object.entries(golden.lora.grad_norms)) {
        expect(Math.abs(tf.tidy(() => tf.norm(found.get(name)!).dataSync()[0]!) / norm - 1)).toBeLessThan(2e-5);
      }
      const { name: sampled, values } = golden.lora.grad_sample;
      const sample = found.get(sampled)!.dataSync();
      // The reference values have seven decimals.
      for (const [at, value] of values.entries()) expect(Math.abs(sample[at]! - value)).toBeLessThan(2e-7);
      tf.dispose([...found.values()]);

      const config = { beta1: betas[0], beta2: betas[1], eps, weightDecay: weight_decay, clip };
      const adamw = optimizer(adapter.tensors, config);
      const learner = { decoder, adapter, parameters: adapter.tensors, optimizer: adamw };
      const before = tf.memory().numTensors;
      for (const [loss, norm] of loss_and_grad_norm) {
        const measured = await update(learner, [batch], perToken, lr);
        expect(Math.abs(measured.loss / loss - 1)).toBeLessThan(1e-5);
        expect(Math.abs(measured.gradNorm / norm - 1)).toBeLessThan(1e-4);
        expect(tf.memory().numTensors).toBe(before);
      }
      const trained = await goldenAdapter(decoder, `${name}/adapter-trained`);
      for (const [name, tensor] of trained.tensors) {
        const gap = tf.tidy(() => tf.max(tf.abs(tf.sub(tensor, adapter.tensors.get(name)!))).dataSync()[0]!);
        expect(gap).toBeLessThan(2e-4);
      }
    });
  });
});

/** The number of weight gradients computed so far, fused or by reference kernels. */
function weightGradients(): number {
  const names = ["LinearWeightGradient", "RMSNormWeightGradient", "CrossEntropyHeadGradient"];
  return names.reduce((sum, name) => sum + kernelCalls(name, "fused") + kernelCalls(name, "reference"), 0);
}
