/**
 * The version of Palimpsest that computes: a digest of its own code and of the packages that it computes with. During
 * development the version number stays the same while the code changes, so the code counts.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { filesIn, packageState } from "./package-state.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** What results depend on. The page and the session's code only show them. */
const FOLDERS = ["cells", join("server", "kernel"), join("server", "notebook")];

const names = v.optional(v.record(v.string(), v.unknown()), {});
const packageJson = v.object({ version: v.string(), dependencies: names, optionalDependencies: names });

/** As the files are now, and as a kernel that starts now loads them. */
export function ownVersion(): string {
  const { version, ...needed } = v.parse(packageJson, JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")));
  const hash = createHash("sha256");
  for (const folder of FOLDERS)
    for (const path of filesIn(join(ROOT, folder)))
      hash.update(`${folder}/${path}\n`).update(readFileSync(join(ROOT, folder, path)));
  for (const name of Object.keys({ ...needed.dependencies, ...needed.optionalDependencies }))
    if (name.startsWith("@tensorflow/") || name.startsWith("@huggingface/"))
      hash.update(`${name} ${packageState(name, ROOT).digest}\n`);
  return `${version} ${hash.digest("hex").slice(0, 16)}`;
}
