/**
 * Where imports of the kernel's process lead; Node calls this for every one, on a thread of its own, where plain JavaScript is
 * there at once. A cell's import comes as `cell-import:[module, notebook]` and is resolved as if the notebook had written it.
 */

/** `cells`: what "palimpsest" is; `own`: a file of ours; `facades`: modules over the packages that `begin.mjs` has loaded, by name. */
let known;

export function initialize(data) {
  known = data;
}

export async function resolve(specifier, context, next) {
  const [module, from] = specifier.startsWith("cell-import:")
    ? JSON.parse(specifier.slice("cell-import:".length))
    : [specifier, context.parentURL];
  // Also where a project file of the user's imports it.
  if (module === "palimpsest") return next(known.cells, context);
  // Tensors of a second copy of tfjs would be strangers to the first.
  const facade = known.facades[module];
  if (facade !== undefined) return { url: facade, format: "module", shortCircuit: true };
  if (module.startsWith("@tensorflow/")) return next(module, { ...context, parentURL: known.own });
  const found = await next(module, { ...context, parentURL: from });
  // Project files are modules, also where no package.json beside them says so.
  return /\.ts(\?|$)/.test(found.url) ? { ...found, format: "module" } : found;
}
