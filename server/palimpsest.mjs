#!/usr/bin/env node
// Makes Node load TypeScript, then starts the command line in main.ts.
import { register } from "tsx/esm/api";

register();
const { main } = await import("./main.ts");
process.exitCode = await main(process.argv.slice(2));
