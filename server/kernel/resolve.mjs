/**
 * Where the imports of the kernel process lead. Node calls this for every import, on a thread of its own, where plain JavaScript
 * loads fastest. An import of a cell comes as `cell-import:[module, notebook]` and is resolved as if the notebook contained it.
 */

/** `cells`: the module behind "palimpsest"; `own`: a file of ours; `facades`: modules for the packages that `begin.mjs` has loaded, by name. */
let known;

export function initialize(data) {
  known = data;
}

export async function resolve(specifier, context, next) {
  const [module, from] = specifier.startsWith("cell-import:")
    ? JSON.parse(specifier.slice("cell-import:".length))
    : [specifier, context.parentURL];
  // Also if a project file of the user imports it.
  if (module === "palimpsest") return next(known.cells, context);
  // The first copy of tfjs would not accept tensors of a second copy.
  const facade = known.facades[module];
  if (facade !== undefined) return { url: facade, format: "module", shortCircuit: true };
  if (module.startsWith("@tensorflow/")) return next(module, { ...context, parentURL: known.own });
  const found = await next(module, { ...context, parentURL: from });
  // Project files are modules, even without a package.json that says so.
  return /\.ts(\?|$)/.test(found.url) ? { ...found, format: "module" } : found;
}
