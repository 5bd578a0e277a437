/** A fresh workspace for each test, and the list of its runs. */
import { mkdtemp, realpath, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach } from "vitest";
import { Registry } from "../../../server/registry/registry.ts";
import type { RunSummary } from "../../../server/runs/types.ts";

export type RegistryStage = {
  readonly folder: string;
  readonly registry: Registry;
  readonly listed: () => Promise<readonly RunSummary[]>;
  readonly keys: () => Promise<readonly string[]>;
};

/** Call it at the top of a test file. The object has the folder and the registry of the present test. */
export function registryStage(): RegistryStage {
  let [folder, registry] = ["", undefined as unknown as Registry];
  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), "registry-")));
    registry = new Registry(folder);
  });
  const listed = async (): Promise<readonly RunSummary[]> => (await registry.list()).runs;
  return {
    get folder() {
      return folder;
    },
    get registry() {
      return registry;
    },
    listed,
    keys: async () => (await listed()).map(({ key }) => key).sort(),
  };
}

/** Gives a file an older time. */
export const longAgo = (path: string, ms: number): Promise<void> =>
  utimes(path, new Date(Date.now() - ms), new Date(Date.now() - ms));
