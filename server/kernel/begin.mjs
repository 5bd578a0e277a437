/**
 * Where a kernel process begins, in plain JavaScript. Starting is mostly loading, so large packages are loaded in the cheapest
 * way first: tfjs as CommonJS, before tsx hooks into loading. Later imports of it get a small module that exports the same
 * object; otherwise Node would search megabytes of code for export names.
 */
import * as module from "node:module";

// Keeps compiled code on the disk if this version of Node can.
module.enableCompileCache?.();

const require = module.createRequire(import.meta.url);
const facades = {};
for (const name of ["@tensorflow/tfjs", "@tensorflow/tfjs-backend-wasm"]) facades[name] = facadeOf(name);

const { register } = await import("tsx/esm/api");
register();
const cells = new URL("../../cells/index.ts", import.meta.url).href;
module.register("./resolve.mjs", import.meta.url, { data: { cells, own: import.meta.url, facades } });
await import("./main.ts");

/** The URL of a module that exports what a CommonJS package exports. */
function facadeOf(name) {
  const names = Object.keys(require(name)).filter((each) => each !== "default");
  const lines = [
    'import { createRequire } from "node:module";',
    `const all = createRequire(${JSON.stringify(import.meta.url)})(${JSON.stringify(name)});`,
    "export default all;",
    `const { ${names.map((each, index) => `${each}: _${index}`).join(", ")} } = all;`,
    `export { ${names.map((each, index) => `_${index} as ${each}`).join(", ")} };`,
  ];
  return `data:text/javascript,${encodeURIComponent(lines.join("\n"))}`;
}
