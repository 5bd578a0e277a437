import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: new URL("..", import.meta.url).pathname,
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/bench/**"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // Tests use a key of their own, not the user's.
    env: { XDG_STATE_HOME: join(tmpdir(), "palimpsest-test-state") },
    execArgv: ["--expose-gc"],
  },
});
