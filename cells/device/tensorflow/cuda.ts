/**
 * The CUDA libraries that are installed as wheels beside a TensorFlow wheel. TensorFlow opens them by name when it starts. Outside Python
 * it finds them only if they are already loaded, so the binding is linked to them.
 */
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";

/** The libraries that TensorFlow opens, in an order in which each comes after those that it needs. */
const names = [
  "cudart",
  "nvrtc",
  "nvJitLink",
  "cublasLt",
  "cublas",
  "cufft",
  "curand",
  "cusparse",
  "cusolver",
  "cupti",
  "cudnn",
  "nccl",
];

/** Absolute paths of the installed ones. @param tensorflow the wheel's folder, `<site-packages>/tensorflow` */
export function cudaLibraries(tensorflow: string): string[] {
  const root = join(dirname(tensorflow), "nvidia");
  if (!existsSync(root)) return [];
  const folders = readdirSync(root).flatMap((name) => [
    join(root, name, "lib"),
    join(root, name, "extras", "CUPTI", "lib"),
  ]);
  const files = folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)));
  return names.flatMap((name) => files.filter((file) => new RegExp(`/lib${name}\\.so\\.\\d+$`).test(file)).slice(0, 1));
}
