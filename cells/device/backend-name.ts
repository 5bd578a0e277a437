/** The backends by the name that `--backend` takes and that tfjs uses. */
export type BackendName = "tensorflow" | "webgpu" | "wasm" | "cpu";
