/**
 * What a LoRA is to adapt (Hu et al., https://arxiv.org/abs/2106.09685): y = x·Wᵀ + scale·(x·Aᵀ)·Bᵀ on some linear maps, and
 * some modules whole. Names and patterns are resolved by PEFT's rules, so that its configs mean here what they mean there.
 */
import type { LoraConfig } from "../contracts.ts";
import { linearLayers } from "./linear-layers.ts";
import type { ModelConfig } from "./model-config.ts";
import { embeddingName, weightShapes } from "./weights.ts";

/** How an adapter is made; the maps of all layers if nothing else is said. Without `alpha` its scale is 2 at every rank, so that turning the rank changes only the rank. */
export function lora(options: Omit<LoraConfig, "alpha"> & { readonly alpha?: number }): LoraConfig {
  const { rank, alpha = 2 * rank, dropout = 0, targets, exclude } = options;
  if (!Number.isInteger(rank) || rank < 1) throw new Error(`The rank of a LoRA is a whole number from 1, not ${rank}.`);
  if (!(dropout >= 0 && dropout < 1)) throw new Error(`The dropout of a LoRA is from 0 to below 1, not ${dropout}.`);
  for (const pattern of [targets, exclude]) if (typeof pattern === "string") compile(pattern);
  return { ...options, rank, alpha };
}

/** The factor on the low-rank part. */
export function loraScale({ rank, alpha, rankStabilized }: LoraConfig): number {
  return alpha / (rankStabilized ? Math.sqrt(rank) : rank);
}

/**
 * The paths of the linear maps that get a pair of factors, in the order of the layers: `model.layers.0.self_attn.q_proj`.
 * @throws naming the targets that the model does not have.
 */
export function adaptedMaps(model: ModelConfig, config: LoraConfig): string[] {
  const { targets, exclude, layers, whole = [] } = config;
  const all = Array.from({ length: model.layers }, (_, layer) =>
    linearLayers.map((map) => ({ layer, path: `model.layers.${layer}.${map}` })),
  ).flat();
  if (Array.isArray(targets)) {
    const unknown = targets.filter((target: string) => !all.some(({ path }) => matches(path, [target])));
    if (unknown.length > 0) throw unmatched(unknown);
  }
  const far = (layers ?? []).filter((layer) => !Number.isInteger(layer) || layer < 0 || layer >= model.layers);
  if (far.length > 0)
    throw new Error(`The model has the layers 0 to ${model.layers - 1}; there is no ${far.join(", ")}.`);
  const adapted = all.filter(
    ({ layer, path }) =>
      (targets === undefined || targets === "all-linear" || matches(path, targets)) &&
      (layers === undefined || layers.includes(layer)) &&
      !(exclude !== undefined && matches(path, exclude)) &&
      !trainsWhole(path, whole),
  );
  if (adapted.length === 0 && whole.length === 0) throw unmatched([targets ?? exclude ?? []].flat());
  return adapted.map(({ path }) => path);
}

/** The weights that train whole, by the base's names; a tied head is the embedding. @throws naming what the model does not have. */
export function wholeWeights(model: ModelConfig, { whole = [] }: LoraConfig): string[] {
  const names = [...weightShapes(model).keys()];
  const chosen = new Set<string>();
  for (const module of whole) {
    const found = names.filter((name) => trainsWhole(name.slice(0, name.lastIndexOf(".")), [module]));
    if (model.tied && module === "lm_head") found.push(embeddingName);
    if (found.length === 0) throw new Error(`The model has no module "${module}" that could train whole.`);
    for (const name of found) chosen.add(name);
  }
  return names.filter((name) => chosen.has(name));
}

/** PEFT's rule: a list names ends of paths, a string is a pattern that the whole path must match. */
function matches(path: string, wanted: string | readonly string[]): boolean {
  if (typeof wanted === "string") return compile(wanted).test(path);
  return wanted.some((end) => path === end || path.endsWith(`.${end}`));
}

/** PEFT's rule for these is the plain end of the path, so `norm` is every norm. */
function trainsWhole(path: string, modules: readonly string[]): boolean {
  return modules.some((end) => path.endsWith(end));
}

function compile(pattern: string): RegExp {
  try {
    return new RegExp(`^(?:${pattern})$`);
  } catch (error) {
    throw new Error(
      `"${pattern}" is no pattern of module paths: ${(error as Error).message}. Give a list to name modules.`,
    );
  }
}

function unmatched(targets: readonly string[]): Error {
  const last = linearLayers.map((map) => map.slice(map.indexOf(".") + 1)).join(", ");
  return new Error(
    `A LoRA on ${targets.map((target) => `"${target}"`).join(", ")} would adapt nothing here; there are ${last}. ` +
      "Embeddings, head and norms can train whole instead.",
  );
}
