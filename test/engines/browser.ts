/**
 * Cells in a browser's worker: bundled by esbuild, with the compiled kernels inside the bundle, and served with the model's files by a
 * small server. Modules of Node are left empty: nothing that a training on `wasm` or `cpu` does calls them, except the reading of the
 * kernels.
 */
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import type { Files } from "./training.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const kernels = `${root}cells/device/wasm/`;
const tfjs = new URL("../../node_modules/@tensorflow/tfjs-backend-wasm/wasm-out/", import.meta.url);

/** Gives every module of Node as one whose functions throw when they are called, except the reading of the kernels. */
function emptyNode(): Plugin {
  const compiled = readdirSync(kernels).filter((name) => name.endsWith(".wasm"));
  const inlined = compiled.map((name) => [name, readFileSync(kernels + name).toString("base64")]);
  // esbuild copies the own properties of such a module and keeps its prototype, which answers for all others.
  const contents = `
    const files = ${JSON.stringify(Object.fromEntries(inlined))};
    const missing = (name) => () => { throw new Error(name + " needs Node; this is a browser."); };
    module.exports = Object.create(new Proxy({}, {
      get: (_, name) => (name === "__esModule" || typeof name === "symbol" ? undefined : missing(name)),
    }));
    module.exports.readFileSync = (url) => {
      const text = files[String(url).split("/").at(-1)];
      return text === undefined ? missing("readFileSync")() : Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    };`;
  return {
    name: "empty-node",
    setup(bundle) {
      const optional = /^(@duckdb\/node-api|@tensorflow\/tfjs-node.*|webgpu|eld\/.*|sentencepiece-js)$/;
      bundle.onResolve({ filter: optional }, ({ path }) => ({ path, external: true }));
      bundle.onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: "node" }));
      bundle.onLoad({ filter: /.*/, namespace: "node" }, () => ({ contents, loader: "js" }));
    },
  };
}

async function bundle(): Promise<Uint8Array> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ["test/engines/worker.ts"],
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022",
    plugins: [emptyNode()],
    alias: { "csv-parse": "csv-parse/browser/esm" },
    banner: { js: "globalThis.setImmediate ??= (done) => setTimeout(done, 0);" },
    logLevel: "silent",
  });
  return outputFiles[0]!.contents;
}

/** Serves an empty page with the worker and everything that it reads. */
export async function serveWorker(model: Files): Promise<{ readonly address: string; readonly server: Server }> {
  const code = await bundle();
  const server = createServer(({ url = "/" }, response) => {
    const name = basename(url);
    const [type, body] =
      url === "/"
        ? ["text/html", "<!doctype html><title>engines</title>"]
        : url === "/worker.js"
          ? ["text/javascript", code]
          : url.startsWith("/model/")
            ? ["application/octet-stream", model.get(name)]
            : url.startsWith("/tfjs/")
              ? ["application/wasm", readFileSync(new URL(name, tfjs))]
              : ["text/plain", undefined];
    response.writeHead(body === undefined ? 404 : 200, { "content-type": type as string }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, server };
}
