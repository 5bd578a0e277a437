/** What is private on this machine: the places that no record may name, and the secrets of the environment. */
import { homedir, tmpdir } from "node:os";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { type Redaction, secretsOf } from "./redaction.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url)).replace(/[\\/]$/, "");

/**
 * @param notebook its workspace, and its path there
 * @param models folders of models with what stands for them
 */
export function redactionOf(
  { workspace, path }: { readonly workspace: string; readonly path: string },
  models: ReadonlyMap<string, string> = new Map(),
): Redaction {
  const up = relative(dirname(join(workspace, path)), workspace)
    .split(sep)
    .join("/");
  const places = new Map([
    ...[tmpdir(), homedir()].filter((folder) => folder !== sep).map((folder) => [folder, "~"] as const),
    [ROOT, "palimpsest:"],
    [workspace, up === "" ? "." : up],
    ...models,
  ]);
  return { places, secrets: secretsOf(process.env) };
}
