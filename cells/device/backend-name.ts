/** The names of the backends, in `--backend` and in tfjs. */
export type BackendName = "tensorflow" | "webgpu" | "wasm" | "cpu";
