import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

/** `--mode cluster` runs the tests that need a scheduler, and only these. */
export default defineConfig(({ mode }) => ({
  root: new URL("..", import.meta.url).pathname,
  test: {
    include: [mode === "cluster" ? "test/cluster/*.test.ts" : "test/**/*.test.ts"],
    exclude: ["test/bench/**", ...(mode === "cluster" ? [] : ["test/cluster/**"])],
    // Only for what hangs: three files share two cores.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // The page of a test may have to wait for other tests.
    expect: { poll: { timeout: 8_000 } },
    // One more than the cores that the suite is made for: many tests wait for a process or a browser.
    maxWorkers: 3,
    // Servers that tests start keep nothing in the user's own folder.
    env: { XDG_STATE_HOME: mkdtempSync(join(tmpdir(), "state-")) },
    execArgv: ["--expose-gc"],
  },
}));
