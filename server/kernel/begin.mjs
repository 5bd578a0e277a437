/** Where a kernel process begins, in plain JavaScript. Starting is mostly loading, so as little as possible is loaded. */
import * as module from "node:module";

// Keeps compiled code on the disk if this version of Node can.
module.enableCompileCache?.();
const { isCompiled, load } = await import("../code/load.mjs");
// As TypeScript, our own code needs the same help as that of others.
if (!isCompiled) await import("./foreign-modules.mjs");
await load("kernel");
