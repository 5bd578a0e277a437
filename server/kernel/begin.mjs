/**
 * Where a kernel process begins, in plain JavaScript. Starting is mostly loading, so what is large is loaded in the
 * cheapest way first: tfjs as the CommonJS that it is, before anything that reads TypeScript stands in its way. What
 * imports it afterwards gets a small module over the same object; Node would else search megabytes for their exports.
 */
import * as module from "node:module";

// Keeps compiled code on the disk, where this Node can.
module.enableCompileCache?.();

const require = module.createRequire(import.meta.url);
const facades = {};
for (const name of ["@tensorflow/tfjs", "@tensorflow/tfjs-backend-wasm"]) facades[name] = facadeOf(name);

const { register } = await import("tsx/esm/api");
register();
const cells = new URL("../../cells/index.ts", import.meta.url).href;
module.register("./resolve.mjs", import.meta.url, { data: { cells, own: import.meta.url, facades } });
await import("./main.ts");

/** The address of a module that exports what a CommonJS package exports. */
function facadeOf(name) {
  const names = Object.keys(require(name)).filter((each) => each !== "default");
  const lines = [
    'import { createRequire } from "node:module";',
    `const whole = createRequire(${JSON.stringify(import.meta.url)})(${JSON.stringify(name)});`,
    "export default whole;",
    `const { ${names.map((each, index) => `${each}: _${index}`).join(", ")} } = whole;`,
    `export { ${names.map((each, index) => `_${index} as ${each}`).join(", ")} };`,
  ];
  return `data:text/javascript,${encodeURIComponent(lines.join("\n"))}`;
}
