#!/usr/bin/env node
// The command line begins here and goes on in main.ts.
import * as module from "node:module";

// Keeps machine code on the disk if this version of Node can.
module.enableCompileCache?.();
const { load } = await import("./code/load.mjs");
const { main } = await load("main");
process.exitCode = await main(process.argv.slice(2));
