#!/usr/bin/env node
// Makes Node load TypeScript, then starts the command line in main.ts.
import { register } from "tsx/esm/api";

// A tsconfig.json of the folder that the command is called in must not decide which code of ours is loaded.
register({ tsconfig: false });
const { main } = await import("./main.ts");
process.exitCode = await main(process.argv.slice(2));
