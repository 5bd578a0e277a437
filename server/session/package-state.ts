/**
 * The state of a package that a cell imports: its installed version and those of the packages that it needs. A package that is a
 * link to a folder of the user has no version to rely on, so its content counts.
 *
 * It reads without waiting: these are many small files, and in a kernel each wait may take as long as a step of a training.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, realpathSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join, sep } from "node:path";
import * as v from "valibot";

export type PackageState = {
  /** `missing` if it is not installed. */
  readonly version: string;
  /** Covers the packages that it needs. */
  readonly digest: string;
};

/** More files than this are not a package that somebody works on. */
const MOST_FILES = 5_000;

const needed = v.optional(v.record(v.string(), v.unknown()), {});
const packageJson = v.object({
  version: v.optional(v.string(), "without a version"),
  dependencies: needed,
  optionalDependencies: needed,
  peerDependencies: needed,
});
type PackageJson = v.InferOutput<typeof packageJson>;

/** The name of the package of an import; undefined for what does not come from a package of the user. */
export function packageName(module: string): string | undefined {
  if (isBuiltin(module) || module === "palimpsest" || /^[./]|^[a-z]+:/.test(module)) return undefined;
  return module.match(/^(@[^/]+\/)?[^/]+/)?.[0];
}

/** @param from the folder of the file that imports it */
export function packageState(name: string, from: string): PackageState {
  const found = new Map<string, string>();
  const version = collect(name, from, found);
  const lines = [...found.values()].sort();
  return { version, digest: createHash("sha256").update(lines.join("\n")).digest("hex") };
}

/** Adds a package and what it needs, by folder. @returns its version */
function collect(name: string, from: string, found: Map<string, string>): string {
  const installed = installedPackage(name, from);
  if (!installed) return "missing";
  const { folder, description } = installed;
  const { version, dependencies, optionalDependencies, peerDependencies } = description;
  if (found.has(folder)) return version;
  const linked = !folder.split(sep).includes("node_modules");
  found.set(folder, `${name}@${version}${linked ? ` ${contentOf(folder)}` : ""}`);
  for (const other of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }))
    collect(other, folder, found);
  return version;
}

/** As Node looks for it: in the `node_modules` of the folder and of those above. */
function installedPackage(
  name: string,
  from: string,
): { readonly folder: string; readonly description: PackageJson } | undefined {
  for (let above = from; ; above = dirname(above)) {
    try {
      const folder = realpathSync(join(above, "node_modules", name));
      const text = readFileSync(join(folder, "package.json"), "utf8");
      return { folder, description: v.parse(packageJson, JSON.parse(text)) };
    } catch {
      // Not here.
    }
    if (dirname(above) === above) return undefined;
  }
}

function contentOf(folder: string): string {
  const hash = createHash("sha256");
  for (const path of filesIn(folder)) hash.update(`${path}\n`).update(readFileSync(join(folder, path)));
  return hash.digest("hex");
}

/** The files of a folder of code, with paths relative to it, in order. @param below starts a path inside it */
export function filesIn(folder: string, below = ""): string[] {
  const files: string[] = [];
  for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
    const path = join(below, entry.name);
    if (entry.name === "node_modules" || entry.name === ".git") continue;
    if (entry.isDirectory()) files.push(...filesIn(folder, path));
    else if (entry.isFile()) files.push(path);
    if (files.length > MOST_FILES) break;
  }
  return files.sort();
}
