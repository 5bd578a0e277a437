/** Losses and gradients compared with an independent computation in double precision. */
import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loraName } from "../../../../cells/model/adapter.ts";
import { layOut } from "../../../../cells/model/target-rows.ts";
import type { Objective } from "../../../../cells/train/step/loss.ts";
import { gradients } from "../../../../cells/train/step/update.ts";
import { bareHost } from "../../bare-host.ts";
import { useBackend } from "../../model/backend.ts";
import {
  type HandTarget,
  handConfig,
  handModel,
  handSamples,
  type Numbers,
  numbersOf,
  scaleOf,
  targetsByHand,
} from "./by-hand.ts";

const samples = handSamples(5);
/** Two micro-batches of unequal size and length. */
const step = [samples.slice(0, 2), samples.slice(2)];
const factors: Record<string, number> = { translation: 1, rationale: 0.25 };
const divergence = { role: "rationale", weight: { value: 2 } } as const;

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const objectives: { title: string; objective: Objective; byHand: (targets: HandTarget[]) => number }[] = [
  {
    title: "per token",
    objective: { per: "token", weight: (role) => factors[role]! },
    byHand: (targets) => {
      const weights = targets.map(({ role, weight }) => weight * factors[role]!);
      return sum(targets.map(({ nll }, at) => weights[at]! * nll)) / sum(weights);
    },
  },
  {
    title: "per role",
    objective: { per: "role", weight: (role) => factors[role]! },
    byHand: (targets) =>
      sum(
        Object.keys(factors).map((role) => {
          const own = targets.filter((target) => target.role === role);
          return (
            (factors[role]! * sum(own.map(({ weight, nll }) => weight * nll))) / sum(own.map(({ weight }) => weight))
          );
        }),
      ),
  },
  {
    title: "with KL to the base instead of the rationale's NLL, per token",
    objective: { per: "token", weight: (role) => (role === "rationale" ? 0 : 1), divergence },
    byHand: (targets) => {
      const costs = targets.map(({ role, weight, nll, kl }) => (role === "rationale" ? 2 * weight * kl : weight * nll));
      return sum(costs) / sum(targets.map(({ role, weight }) => (role === "rationale" ? 2 : 1) * weight));
    },
  },
  {
    title: "with KL to the base in addition to every NLL, per role",
    objective: { per: "role", weight: () => 1, divergence },
    byHand: (targets) => {
      const mean = (role: string, of: "nll" | "kl"): number => {
        const own = targets.filter((target) => target.role === role);
        return sum(own.map((target) => target.weight * target[of])) / sum(own.map(({ weight }) => weight));
      };
      return mean("translation", "nll") + mean("rationale", "nll") + 2 * mean("rationale", "kl");
    },
  },
];

describe.each(["wasm", "cpu"])("a step of two micro-batches on %s", (backend) => {
  let model: ReturnType<typeof handModel>;
  beforeEach(async () => {
    await useBackend(backend);
    bareHost();
    tf.engine().startScope();
    model = handModel();
  });
  afterEach(() => tf.engine().endScope());

  it.each(objectives)("$title: loss, means and gradients", async ({ objective, byHand }) => {
    const { decoder, adapter } = model;
    const before = tf.memory().numTensors;
    const laid = step.map((batch) => layOut(batch, 8));
    const found = await gradients({ decoder, adapter, parameters: adapter.tensors }, laid, objective);
    const weights = numbersOf(decoder.weights);
    const at = (tensors: Numbers): HandTarget[] =>
      targetsByHand(handConfig, weights, { scale: scaleOf(adapter), tensors }, step.flat());
    const tensors = numbersOf(adapter.tensors);
    const targets = at(tensors);
    expect(Math.abs(found.loss / byHand(targets) - 1)).toBeLessThan(2e-6);
    const rationale = targets.filter(({ role }) => role === "rationale");
    expect(found.means.rationale).toBeCloseTo(sum(rationale.map(({ nll }) => nll)) / rationale.length, 5);
    if (objective.divergence)
      expect(found.means.kl).toBeCloseTo(sum(rationale.map(({ kl }) => kl)) / rationale.length, 5);
    else expect(found.means.kl).toBeUndefined();

    const places = [
      [loraName("model.layers.0.self_attn.v_proj", "A"), 3],
      [loraName("model.layers.1.self_attn.k_proj", "B"), 5],
      [loraName("model.layers.1.mlp.down_proj", "A"), 14],
      [loraName("model.layers.0.mlp.gate_proj", "B"), 0],
    ] as const;
    for (const [name, place] of places) {
      const moved = (by: number): number => {
        const { shape, values } = tensors.get(name)!;
        const other = values.map((value, index) => (index === place ? value + by : value));
        return byHand(at(new Map(tensors).set(name, { shape, values: other })));
      };
      const slope = (moved(1e-4) - moved(-1e-4)) / 2e-4;
      expect(Math.abs(slope)).toBeGreaterThan(1e-5);
      expect(Math.abs(found.gradients.get(name)!.dataSync()[place]! - slope)).toBeLessThan(
        2e-5 * Math.max(1, Math.abs(slope)) + 2e-6,
      );
    }
    tf.dispose([...found.gradients.values()]);
    expect(tf.memory().numTensors).toBe(before);
  });
});
