/**
 * Runs compiled code as a script. A script and never a module, since modules are never collected. The page in which a notebook runs
 * has a file of its own for this.
 */
import { Script } from "node:vm";

/** By how many lines a stack trace counts too far in such code: the compiler adds a line before the user's first one. */
export const ADDED_LINES = 0;

/** @param name of the file, for stack traces. @returns the value of the script. @throws SyntaxError if the engine rejects it */
export function runScript(code: string, name: string): unknown {
  return new Script(code, { filename: name, lineOffset: -1 }).runInThisContext();
}
