/** Compiles our own TypeScript with the packages that it uses into few files, which load several times as fast. */
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { facadeOf } from "./facade.mjs";
import { root } from "./sources.mjs";

const own = new URL("./compile.mjs", import.meta.url).href;
/** Native, not ESM, loaded seldom, or large: they stay packages. */
const packages = [
  "@duckdb/*",
  "eld",
  "eld/*",
  "esbuild",
  "jsdom",
  "open",
  "sentencepiece-js",
  "tsx",
  "tsx/*",
  "typescript",
  "webgpu",
];
/** Loaded as CommonJS: Node would search megabytes of them for the names that they export. */
const COMMON = /^@tensorflow\//;

/**
 * @param {Readonly<Record<string, string>>} entries paths by name
 * @param {string} folder where `<name>.js` is written
 */
export async function compile(entries, folder) {
  await build({
    absWorkingDir: root,
    entryPoints: entries,
    outdir: folder,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    sourcemap: "linked",
    logLevel: "silent",
    external: packages,
    // Packages in CommonJS ask for Node's modules.
    banner: {
      js: `import { createRequire as _requireOf } from "node:module"; const require = _requireOf(${JSON.stringify(own)});`,
    },
    plugins: [ownAddresses, commonPackages],
  });
}

/** Not where it is the content of a text. */
const OWN_ADDRESS = /(?<!["'`])import\.meta\.url(?!["'`])/;

/** A file keeps the address that it has as source: others lie beside it. */
const ownAddresses = {
  name: "own addresses",
  setup({ onLoad }) {
    onLoad({ filter: /\.(ts|mjs)$/ }, async ({ path }) => {
      if (path.slice(root.length).includes("node_modules")) return undefined;
      const text = await readFile(path, "utf8");
      if (!OWN_ADDRESS.test(text)) return undefined;
      const address = JSON.stringify(pathToFileURL(path).href);
      return {
        contents: text.replace(new RegExp(OWN_ADDRESS, "g"), address),
        loader: path.endsWith(".ts") ? "ts" : "js",
      };
    });
  },
};

const commonPackages = {
  name: "common packages",
  setup({ onLoad, onResolve }) {
    const namespace = "common";
    onResolve({ filter: COMMON }, ({ path }) => ({ path, namespace }));
    onLoad({ filter: COMMON, namespace }, ({ path }) => ({ contents: facadeOf(path), loader: "js" }));
  },
};
