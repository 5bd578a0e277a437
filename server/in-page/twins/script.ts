/**
 * `kernel/script.ts` in a page. The page's policy forbids `eval`, and allows code from a `blob:` address that the page itself made.
 * `importScripts` runs such code at once, as a script. Stack traces name it as `sourceURL` says.
 */
import { contextNow, runIn } from "../node/context.ts";

/** There is no way to tell the engine that the compiler has added a line. */
export const ADDED_LINES = 1;

const RESULT = "$$script";

declare function importScripts(address: string): void;

export function runScript(code: string, name: string): unknown {
  // The code is a directive and one expression, whose value cannot be had from a script otherwise.
  const expression = code.replace(/^"use strict";/, "").replace(/;?\s*$/, "");
  const text = `"use strict";self.${RESULT}=${expression}\n//# sourceURL=${name}`;
  const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  const context = contextNow();
  try {
    importScripts(address);
    return Reflect.get(globalThis, RESULT);
  } catch (error) {
    // A script that cannot be parsed is told as an error of the network in some engines.
    throw error instanceof SyntaxError ? error : new SyntaxError(`${name} cannot be run: ${String(error)}`);
  } finally {
    runIn(context, () => URL.revokeObjectURL(address));
    Reflect.deleteProperty(globalThis, RESULT);
  }
}
