/** Where in the files of a page things are. */

/** As if Palimpsest were installed here. */
export const ROOT = "/palimpsest";
/** Our compiled kernels, and those of tfjs. */
export const KERNELS = `${ROOT}/kernels.wasm`;
export const TFJS = `${ROOT}/tfjs-backend-wasm-simd.wasm`;
export const MODELS = `${ROOT}/experiments/models`;
/** What the export found out about this machine's record and code. */
export const ABOUT = `${ROOT}/about.json`;
/** The workspace of the notebook. */
export const WORKSPACE = "/notebook";
/** Models from outside of the workspace, each in a folder with the last part of its name. */
export const GIVEN = "/models";
/** A record, as its folder is, without what its runs have learnt. */
export const RECORD = "/record";
