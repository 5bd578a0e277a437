/**
 * Combines the NLL of all target tokens into one loss. Two normalisations:
 *
 *   per "token":  L = Σ w · nll / Σ w over all target tokens; a long rationale counts more than a short translation
 *   per "role":   L = Σ_role weight(role) · (Σ w · nll / Σ w within the role); lengths do not count
 *
 * Sums go over one optimizer step with all its micro-batches. Both losses are a sum of NLL times coefficients that are
 * known before the forward pass.
 */
import type { Method, ReadKnob } from "../../contracts.ts";
import type { TargetBatch } from "../../model/target-rows.ts";

/** What is minimised. `read` gives the value of a knob; the default is its latest value. */
export type Objective = Pick<Method, "per" | "weight" | "divergence"> & { readonly read?: ReadKnob | undefined };

type Targets = Pick<TargetBatch, "roles" | "weights">;

/** The factors of one micro-batch's targets in the loss of its step. */
export type Coefficients = {
  /** The factor on each target's NLL, `[targets]`. */
  readonly nll: Float32Array;
  /** The targets whose divergence from the base counts, and the factor of each; undefined if there are none. */
  readonly divergence: { readonly targets: Int32Array; readonly coefficients: Float32Array } | undefined;
};

/** @throws if a weight is not finite, or all targets of the step have the weight 0 with `per: "token"` */
export function lossCoefficients(
  step: readonly Targets[],
  { per, weight, divergence, read = ({ value }) => value }: Objective,
): Coefficients[] {
  const roles = new Set(step.flatMap((batch) => batch.roles)) as Set<Parameters<Method["weight"]>[0]>;
  const factors = new Map<string, number>(
    [...roles].map((role) => [role, requireFinite(weight(role, read), `role "${role}"`)]),
  );
  const divergenceTerm = divergence && {
    role: divergence.role,
    factor: requireFinite(
      typeof divergence.weight === "number" ? divergence.weight : read(divergence.weight),
      `divergence of the role "${divergence.role}"`,
    ),
  };
  const divisors = divisorsOf(step, per, factors, divergenceTerm);
  return step.map(({ roles, weights }) => ({
    nll: weights.map((w, at) => (w * factors.get(roles[at]!)!) / divisors.get(roles[at]!)!),
    divergence: divergenceCoefficients({ roles, weights }, divergenceTerm, divisors),
  }));
}

type DivergenceTerm = { readonly role: string; readonly factor: number } | undefined;

/** The divisor of each role's sum. */
function divisorsOf(
  step: readonly Targets[],
  per: Objective["per"],
  factors: ReadonlyMap<string, number>,
  divergence: DivergenceTerm,
): Map<string, number> {
  const sums = new Map<string, number>();
  let all = 0;
  for (const { roles, weights } of step) {
    for (const [at, role] of roles.entries()) {
      const w = weights[at]!;
      sums.set(role, (sums.get(role) ?? 0) + w);
      all += Math.fround(w * factors.get(role)!) + (divergence?.role === role ? w * divergence.factor : 0);
    }
  }
  if (per === "role") return sums;
  if (all === 0) throw new Error("All targets of this step have the weight 0, so there is nothing to learn.");
  return new Map([...sums.keys()].map((role) => [role, all]));
}

function divergenceCoefficients(
  { roles, weights }: Targets,
  term: DivergenceTerm,
  divisors: ReadonlyMap<string, number>,
): Coefficients["divergence"] {
  if (!term) return undefined;
  const targets = roles.flatMap((role, at) => (role === term.role ? [at] : []));
  if (targets.length === 0) return undefined;
  const coefficients = targets.map((at) => (term.factor * weights[at]!) / divisors.get(term.role)!);
  return { targets: Int32Array.from(targets), coefficients: Float32Array.from(coefficients) };
}

function requireFinite(weight: number, owner: string): number {
  if (!Number.isFinite(weight))
    throw new Error(`the method's weight of the ${owner} is ${weight}, not a finite number`);
  return weight;
}

/** Each role's unweighted mean NLL, for the run's rows. */
export function roleMeans(roles: readonly string[], nll: Float32Array): Record<string, number> {
  const sums = new Map<string, { nll: number; count: number }>();
  for (const [at, role] of roles.entries()) {
    const sum = sums.get(role) ?? { nll: 0, count: 0 };
    sums.set(role, { nll: sum.nll + nll[at]!, count: sum.count + 1 });
  }
  return Object.fromEntries([...sums].map(([role, sum]) => [role, sum.nll / sum.count]));
}
