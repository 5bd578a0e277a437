/**
 * What a LoRA adapts (Hu et al., https://arxiv.org/abs/2106.09685): some linear layers compute y = x·Wᵀ + scale·(x·Aᵀ)·Bᵀ, and
 * some modules are trained fully. Names and patterns of modules follow PEFT's rules, so a config from PEFT means the same here.
 */
import { requireKnown } from "../options.ts";
import { linearLayers } from "./linear-layers.ts";
import { loraHints } from "./lora-hints.ts";
import type { ModelConfig } from "./model-config.ts";
import { embeddingName, weightShapes } from "./weights.ts";

/** What an adapter changes in a model, and how strongly. Module names and patterns follow PEFT. */
export type LoraConfig = {
  readonly rank: number;
  readonly alpha: number;
  /** Scales by α/√rank instead of α/rank (rsLoRA), so that a higher rank does not learn more slowly. */
  readonly rankStabilized?: boolean;
  /** Dropout on the input of the low-rank part, from 0 to below 1. Each training step draws a new mask. */
  readonly dropout?: number;
  /**
   * Linear layers with an adapter: the last parts of their paths (`["q_proj", "v_proj"]`), or a pattern for the full path. All seven per
   * decoder layer by default. `lm_head` and `embed_tokens` can be named too; dropout does not apply to them.
   */
  readonly targets?: string | readonly string[];
  /** Linear layers without an adapter, even if `targets` includes them. */
  readonly exclude?: string | readonly string[];
  /** Decoder layers with an adapter, counted from 0. All by default. */
  readonly layers?: readonly number[];
  /** Modules that are trained fully beside the adapter (PEFT's `modules_to_save`): `["embed_tokens", "lm_head"]`. */
  readonly modulesToSave?: readonly string[];
  /** Other ranks, and other values of α, for some modules: from the ends of their paths, or patterns for them, to numbers. */
  readonly rankPattern?: Readonly<Record<string, number>>;
  readonly alphaPattern?: Readonly<Record<string, number>>;
  /** Single rows of a table that are trained (PEFT's `trainable_token_indices`); only from files. */
  readonly tokenRows?: Readonly<Record<string, readonly number[]>>;
};

/** The configuration for one module: with its own rank and α. */
export function configAt(config: LoraConfig, path: string): LoraConfig {
  const { rankPattern, alphaPattern, ...rest } = config;
  const own = (patterns: Readonly<Record<string, number>> = {}): number | undefined =>
    Object.entries(patterns).find(([pattern]) => compile(`(?:.*\\.)?(?:${pattern})`).test(path))?.[1];
  return { ...rest, rank: own(rankPattern) ?? config.rank, alpha: own(alphaPattern) ?? config.alpha };
}

const optionNames = Object.keys({
  rank: true,
  alpha: true,
  rankStabilized: true,
  dropout: true,
  targets: true,
  exclude: true,
  layers: true,
  modulesToSave: true,
  rankPattern: true,
  alphaPattern: true,
  tokenRows: true,
} satisfies Record<keyof LoraConfig, true>);

/**
 * The configuration of a new adapter; it covers all linear layers by default. Without `alpha` the scale is 2 at every rank, so that
 * changing the rank changes nothing else.
 */
export function lora(options: Omit<LoraConfig, "alpha"> & { readonly alpha?: number }): LoraConfig {
  requireKnown("lora(…)", options, optionNames, loraHints);
  const { rank, alpha = 2 * rank, dropout = 0, targets, exclude } = options;
  if (!Number.isInteger(rank) || rank < 1)
    throw new Error(`The rank of a LoRA must be a whole number of at least 1, not ${rank}.`);
  if (!(dropout >= 0 && dropout < 1))
    throw new Error(`The dropout of a LoRA must be at least 0 and below 1, not ${dropout}.`);
  if (!(Number.isFinite(alpha) && alpha > 0)) throw new Error(`The alpha of a LoRA must be above 0, not ${alpha}.`);
  for (const pattern of [targets, exclude]) if (typeof pattern === "string") compile(pattern);
  return { ...options, rank, alpha };
}

/** The factor on the low-rank part. */
export function loraScale({ rank, alpha, rankStabilized }: LoraConfig): number {
  return alpha / (rankStabilized ? Math.sqrt(rank) : rank);
}

/**
 * The paths of the linear layers that get a pair of factors, in model order: `model.layers.0.self_attn.q_proj`.
 * @throws if a target matches nothing in the model, or a layer number is out of range.
 */
export function adaptedLinearLayers(model: ModelConfig, config: LoraConfig): string[] {
  const { targets, exclude, layers, modulesToSave = [] } = config;
  const all = Array.from({ length: model.layers }, (_, layer) =>
    linearLayers.map((name) => ({ layer, path: `model.layers.${layer}.${name}` })),
  ).flat();
  if (Array.isArray(targets)) {
    const known = [...all.map(({ path }) => path), ...adaptableTables];
    const unknown = targets.filter((target: string) => !known.some((path) => matches(path, [target])));
    if (unknown.length > 0) throw unmatched(unknown);
  }
  const outOfRange = (layers ?? []).filter((layer) => !Number.isInteger(layer) || layer < 0 || layer >= model.layers);
  if (outOfRange.length > 0)
    throw new Error(`The model has the layers 0 to ${model.layers - 1}; there is no layer ${outOfRange.join(", ")}.`);
  const adapted = all.filter(
    ({ layer, path }) =>
      (targets === undefined || targets === "all-linear" || matches(path, targets)) &&
      (layers === undefined || layers.includes(layer)) &&
      !(exclude !== undefined && matches(path, exclude)) &&
      !isFullyTrained(path, modulesToSave),
  );
  if (adapted.length === 0 && modulesToSave.length === 0 && adaptedTables(config).length === 0)
    throw unmatched([targets ?? exclude ?? []].flat());
  return adapted.map(({ path }) => path);
}

const adaptableTables = ["model.embed_tokens", "lm_head"] as const;

/** The embedding table and the output layer, if `targets` names them. A choice of decoder layers leaves them out, as in PEFT. */
export function adaptedTables(config: LoraConfig): (typeof adaptableTables)[number][] {
  const { targets, exclude, layers, modulesToSave = [] } = config;
  if (targets === undefined || targets === "all-linear" || layers !== undefined) return [];
  return adaptableTables.filter(
    (path) =>
      matches(path, targets) &&
      !(exclude !== undefined && matches(path, exclude)) &&
      !isFullyTrained(path, modulesToSave),
  );
}

/** The base's names of the weights that are trained fully. A tied output layer is the embedding. @throws if a module matches nothing in the model. */
export function fullyTrainedWeights(model: ModelConfig, { modulesToSave = [] }: LoraConfig): string[] {
  const names = [...weightShapes(model).keys()];
  const chosen = new Set<string>();
  for (const module of modulesToSave) {
    const found = names.filter((name) => isFullyTrained(name.slice(0, name.lastIndexOf(".")), [module]));
    if (model.tied && module === "lm_head") found.push(embeddingName);
    if (found.length === 0)
      throw new Error(`The model has no module "${module}" to train fully. Check modulesToSave of the LoRA.`);
    for (const name of found) chosen.add(name);
  }
  return names.filter((name) => chosen.has(name));
}

/** PEFT's rule: a list names the last parts of paths, a string is a pattern that the full path must match. */
function matches(path: string, wanted: string | readonly string[]): boolean {
  if (typeof wanted === "string") return compile(wanted).test(path);
  return wanted.some((end) => path === end || path.endsWith(`.${end}`));
}

/** PEFT compares `modules_to_save` with the end of the path as plain text, so `norm` is every norm. */
function isFullyTrained(path: string, modulesToSave: readonly string[]): boolean {
  return modulesToSave.some((end) => path.endsWith(end));
}

/** A pattern for the whole path, in Python's spelling as far as it differs: `(?i)`, `(?P<name>…)`, `(?P=name)`, `\A`, `\Z`. */
function compile(pattern: string): RegExp {
  const flags = /^\(\?([ims]+)\)/.exec(pattern);
  const source = pattern
    .slice(flags?.[0].length ?? 0)
    .replaceAll("(?P<", "(?<")
    .replaceAll(/\(\?P=(\w+)\)/g, "\\k<$1>")
    .replaceAll(/\\A|\\Z/g, "");
  try {
    return new RegExp(`^(?:${source})$`, flags?.[1]);
  } catch (error) {
    throw new Error(
      `"${pattern}" is not a valid pattern for module paths: ${(error as Error).message}. To give names, use a list.`,
    );
  }
}

function unmatched(targets: readonly string[]): Error {
  const names = linearLayers.map((name) => name.slice(name.indexOf(".") + 1)).join(", ");
  return new Error(
    `A LoRA on ${targets.map((target) => `"${target}"`).join(", ")} adapts nothing in this model. Its linear layers are ${names}. ` +
      "To train embeddings, the output layer or norms fully, list them in modulesToSave.",
  );
}
