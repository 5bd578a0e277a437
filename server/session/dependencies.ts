/**
 * What a cached result depends on beyond its snapshot: the files that the cell and its ancestors read, the packages that they
 * import, the version of Palimpsest, and the backend. A result is used only if all of this is as it was.
 */
import { isAbsolute, join, relative, sep } from "node:path";
import * as v from "valibot";
import { type FileState, fileState } from "./file-state.ts";
import { holds } from "./inside.ts";
import { packageState } from "./package-state.ts";

export type FileDependency = FileState & {
  /** Relative to the workspace with forward slashes, or absolute if it is outside. */
  readonly path: string;
};
export type PackageDependency = {
  readonly name: string;
  /** The folder of the file that imports it, as a path like those of files. */
  readonly from: string;
  readonly version: string;
  readonly digest: string;
};
export type Dependencies = {
  readonly version: string;
  readonly backend: string;
  readonly files: readonly FileDependency[];
  readonly packages: readonly PackageDependency[];
};

export const dependencies: v.GenericSchema<unknown, Dependencies> = v.object({
  version: v.string(),
  backend: v.string(),
  files: v.array(v.object({ path: v.string(), digest: v.string(), mark: v.string() })),
  packages: v.array(v.object({ name: v.string(), from: v.string(), version: v.string(), digest: v.string() })),
});

/** How a path is written down, so that a workspace may be moved. */
export function portable(workspace: string, path: string): string {
  return holds(workspace, path) ? relative(workspace, path).split(sep).join("/") || "." : path;
}

export function absolute(workspace: string, path: string): string {
  return isAbsolute(path) ? path : join(workspace, path);
}

/** `backend`: undefined if no kernel has chosen one yet. */
export type Present = { readonly workspace: string; readonly version: string; readonly backend: string | undefined };

/** @returns what has changed, as a part of a sentence: "data/train.csv changed"; undefined if nothing has */
export async function changeSince(before: Dependencies, now: Present): Promise<string | undefined> {
  if (before.version !== now.version) return versionChange(before.version, now.version);
  if (now.backend !== undefined && before.backend !== now.backend)
    return `it was computed on the backend ${before.backend}, not ${now.backend}`;
  for (const file of before.files) {
    const change = fileChange(file, await fileState(absolute(now.workspace, file.path), file));
    if (change !== undefined) return change;
  }
  for (const each of before.packages) {
    const { version, digest } = packageState(each.name, absolute(now.workspace, each.from));
    if (version !== each.version) return `the package ${each.name} changed from ${each.version} to ${version}`;
    if (digest !== each.digest) return `the package ${each.name} or one that it needs changed`;
  }
  return undefined;
}

export function fileChange(before: FileDependency, { digest }: FileState): string | undefined {
  if (digest === before.digest) return undefined;
  if (digest === "missing") return `${before.path} is missing`;
  if (before.digest === "missing") return `${before.path} is new`;
  return `${before.path} changed`;
}

function versionChange(before: string, now: string): string {
  const [[old], [present]] = [before.split(" "), now.split(" ")];
  return old === present ? "the code of Palimpsest changed" : `it was computed by Palimpsest ${old}, not ${present}`;
}
