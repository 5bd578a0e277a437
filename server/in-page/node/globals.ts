/** Makes a worker look as our code expects it. Imported first, so that it runs before everything else. */
import { Buffer } from "./buffer.ts";
import { keepContexts } from "./context.ts";
import { page } from "./process.ts";

keepContexts();
Object.assign(globalThis, { Buffer, process: page, global: globalThis });
// The frame of the cell may be far below the frames of the library that it called.
Error.stackTraceLimit = 50;
