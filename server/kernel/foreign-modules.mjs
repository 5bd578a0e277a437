/**
 * Prepares Node for modules that are not ours: packages, and project files that are not compiled here. They may be TypeScript, and
 * may import "palimpsest" or tfjs, of which there must be one copy. It takes as long as the rest of a kernel's start, so it
 * is imported when the first such module is.
 */
import * as module from "node:module";
import { facadeOf } from "../code/facade.mjs";
import { addressOf, loadTypeScript } from "../code/load.mjs";

const facades = Object.fromEntries(
  ["@tensorflow/tfjs", "@tensorflow/tfjs-backend-wasm"].map((name) => [
    name,
    `data:text/javascript,${encodeURIComponent(facadeOf(name))}`,
  ]),
);
await loadTypeScript();
module.register("./resolve.mjs", import.meta.url, {
  data: { cells: addressOf("cells"), own: import.meta.url, facades },
});
