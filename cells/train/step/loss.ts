/**
 * From the likelihood of each target to one number. Either over all target tokens, L = Σ w·nll ÷ Σ w, where a long
 * rationale outweighs a short translation; or per role, L = Σ_role weight(role) · (Σ w·nll ÷ Σ w within the role), where
 * lengths do not count. Sums go over a whole optimizer step, however many micro-batches it is made of. Both are a sum of
 * nll times coefficients that are known before the forward pass.
 */
import type { Method, ReadKnob } from "../../contracts.ts";
import type { TargetBatch } from "../../model/target-rows.ts";

/** What is to become small, and how its knobs are read: by their present values where nothing is said. */
export type Objective = Pick<Method, "per" | "weight" | "divergence"> & { readonly read?: ReadKnob | undefined };

type Targets = Pick<TargetBatch, "roles" | "weights">;

/** What the targets of one micro-batch count in the loss of its step. */
export type Coefficients = {
  /** On each target's nll, `[targets]`. */
  readonly nll: Float32Array;
  /** Which targets' divergence from the base counts, and what each counts; undefined where none does. */
  readonly divergence: { readonly targets: Int32Array; readonly coefficients: Float32Array } | undefined;
};

/** @throws if a weight is not a number, or nothing in the step counts under `token`. */
export function lossCoefficients(
  step: readonly Targets[],
  { per, weight, divergence, read = ({ value }) => value }: Objective,
): Coefficients[] {
  const roles = new Set(step.flatMap((batch) => batch.roles)) as Set<Parameters<Method["weight"]>[0]>;
  const factors = new Map<string, number>(
    [...roles].map((role) => [role, finite(weight(role, read), `role "${role}"`)]),
  );
  const held = divergence && {
    role: divergence.role,
    factor: finite(
      typeof divergence.weight === "number" ? divergence.weight : read(divergence.weight),
      `divergence of the role "${divergence.role}"`,
    ),
  };
  const divisors = divisorsOf(step, per, factors, held);
  return step.map(({ roles, weights }) => ({
    nll: weights.map((w, at) => (w * factors.get(roles[at]!)!) / divisors.get(roles[at]!)!),
    divergence: divergenceOf({ roles, weights }, held, divisors),
  }));
}

type Held = { readonly role: string; readonly factor: number } | undefined;

/** What the sum of each role is divided by. */
function divisorsOf(
  step: readonly Targets[],
  per: Objective["per"],
  factors: ReadonlyMap<string, number>,
  held: Held,
): Map<string, number> {
  const sums = new Map<string, number>();
  let all = 0;
  for (const { roles, weights } of step) {
    for (const [at, role] of roles.entries()) {
      const w = weights[at]!;
      sums.set(role, (sums.get(role) ?? 0) + w);
      all += Math.fround(w * factors.get(role)!) + (held?.role === role ? w * held.factor : 0);
    }
  }
  if (per === "role") return sums;
  if (all === 0) throw new Error("Every target of this step has the weight 0; there is nothing to learn from.");
  return new Map([...sums.keys()].map((role) => [role, all]));
}

function divergenceOf({ roles, weights }: Targets, held: Held, divisors: ReadonlyMap<string, number>) {
  const targets = held ? roles.flatMap((role, at) => (role === held.role ? [at] : [])) : [];
  if (!held || targets.length === 0) return undefined;
  const counts = targets.map((at) => (held.factor * weights[at]!) / divisors.get(held.role)!);
  return { targets: Int32Array.from(targets), coefficients: Float32Array.from(counts) };
}

function finite(weight: number, of: string): number {
  if (!Number.isFinite(weight)) throw new Error(`the method's weight of the ${of} is ${weight}`);
  return weight;
}

/** Each role's plain mean nll, for the log. */
export function roleMeans(roles: readonly string[], nll: Float32Array): Record<string, number> {
  const sums = new Map<string, { nll: number; count: number }>();
  for (const [at, role] of roles.entries()) {
    const sum = sums.get(role) ?? { nll: 0, count: 0 };
    sums.set(role, { nll: sum.nll + nll[at]!, count: sum.count + 1 });
  }
  return Object.fromEntries([...sums].map(([role, sum]) => [role, sum.nll / sum.count]));
}
