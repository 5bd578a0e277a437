/**
 * Bundles the code that runs a notebook in a page: two workers, one with the session and one with the kernel. It is the code that the
 * server and the kernel process run. Where that touches the machine, the bundle has a twin for the page: for each module of Node that is
 * imported, a file in `node/`, and for a few files of ours one in `twins/`. A module without one is an error, so nothing that needs a
 * machine gets into a page unnoticed.
 */
import { fileURLToPath } from "node:url";
import type { BuildOptions, Plugin } from "esbuild";
import { pageScript } from "../code/page-script.ts";
import { ROOT } from "./places.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const here = "server/in-page";

/** The modules of Node, each with its file here. */
const NODE: Readonly<Record<string, string>> = {
  "node:async_hooks": "async-hooks",
  "node:crypto": "crypto",
  "node:diagnostics_channel": "diagnostics-channel",
  "node:fs": "fs",
  "node:fs/promises": "fs-promises",
  "node:module": "module",
  "node:os": "os",
  "node:path": "path",
  "node:string_decoder": "string-decoder",
  "node:timers/promises": "timers-promises",
  "node:url": "url",
  "node:util": "util",
};

/** Files of ours that a page has in another form. */
const TWINS: Readonly<Record<string, string>> = {
  "cells/data/parquet/parquet.ts": "parquet",
  "cells/device/tensorflow/binding.ts": "tensorflow",
  "cells/device/tensorflow/gpu-memory.ts": "gpu-memory",
  "cells/device/wasm/bytes.ts": "kernel-bytes",
  "cells/device/webgpu/dawn.ts": "dawn",
  "cells/measure/translation/sentencepiece/processor.ts": "sentencepiece",
  "server/kernel/packages.ts": "packages",
  "server/kernel/script.ts": "script",
  "server/kernel/signals.ts": "signals",
  "server/kernel/watched-files.ts": "watched-files",
  "server/notebook/language/contexts.ts": "contexts",
  "server/records/environment.ts": "environment",
  "server/session/kernel-process.ts": "kernel-process",
  "server/session/machine-key.ts": "machine-key",
  "server/session/own-version.ts": "own-version",
  "server/session/package-state.ts": "package-state",
};

/** Packages that a page does not have. What imports them says so. */
const ABSENT = /^(@duckdb\/node-api|@tensorflow\/tfjs-node(-gpu)?|webgpu|sentencepiece-js|eld\/.*)$/;

function twins(): Plugin {
  return {
    name: "twins",
    setup(bundle) {
      bundle.onResolve({ filter: /^node:/ }, ({ path, importer }) => {
        const file = NODE[path];
        if (file) return { path: `${root}${here}/node/${file}.ts` };
        return {
          errors: [{ text: `${importer} imports ${path}, which a page does not have. Give it a file in ${here}.` }],
        };
      });
      bundle.onResolve({ filter: /^\.{1,2}\/.*\.ts$/ }, ({ path, resolveDir }) => {
        const name = new URL(path, `file://${resolveDir}/`).pathname.slice(root.length);
        const twin = TWINS[name];
        return twin === undefined ? undefined : { path: `${root}${here}/twins/${twin}.ts` };
      });
      bundle.onResolve({ filter: /^@tensorflow\/tfjs-backend-webgl/ }, ({ path }) => ({ path, namespace: "unused" }));
      bundle.onLoad({ filter: /.*/, namespace: "unused" }, () => ({ contents: "" }));
      bundle.onResolve({ filter: ABSENT }, ({ path }) => ({ path, namespace: "absent" }));
      bundle.onLoad({ filter: /.*/, namespace: "absent" }, ({ path }) => ({
        contents: `throw new Error("The package ${path} does not work in a page.");`,
      }));
      bundle.onResolve({ filter: /^chokidar$/ }, () => ({ path: `${root}${here}/node/chokidar.ts` }));
    },
  };
}

export type Part = "session" | "kernel" | "element";

const ENTRIES: Readonly<Record<Part, string>> = {
  session: `${here}/session-worker.ts`,
  kernel: `${here}/kernel-worker.ts`,
  element: "ui/run-in-page/alone.ts",
};

/**
 * The code of a worker, or of the element `pal-run-in-page`, as a classic script.
 * @throws with esbuild's messages if something that a worker imports has no place in a page
 */
export function codeOf(part: Part): Promise<string> {
  return pageScript(`in-page-${part}`, ENTRIES[part], part === "element" ? {} : inWorker());
}

function inWorker(): BuildOptions {
  return {
    // An engine's own `await` loses the async context; generators with promises keep it. See `node/context.ts`.
    supported: { "async-await": false, "async-generator": false, "for-await": false },
    define: { "import.meta.url": JSON.stringify(`file://${ROOT}/server/in-page/worker.ts`) },
    alias: { "csv-parse": "csv-parse/browser/esm" },
    plugins: [twins()],
  };
}
