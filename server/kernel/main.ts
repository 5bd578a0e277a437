/**
 * Entry of the kernel process. The server starts it in the notebook's folder, with an IPC channel for the messages of
 * `messages.ts` and with pipe 4 for interrupts:
 *
 *     node --expose-gc server/kernel/begin.mjs
 *
 * It exits when the channel closes. No error of a cell ends it, not even one that nobody awaits.
 */

import type { FromKernel, ToKernel } from "../messages.ts";
import { captureConsole } from "./console.ts";
import { current } from "./generation.ts";
import { Interrupted, Interrupts } from "./interrupts.ts";
import { Kernel } from "./kernel.ts";
import { watchLeftovers } from "./leftovers.ts";
import { MessageTurns } from "./message-turns.ts";
import { cellError } from "./trace.ts";

// The frame of the cell may be far below the frames of the library that it called.
Error.stackTraceLimit = 50;

const send = (message: FromKernel): void => {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
};
const interrupts = new Interrupts();
interrupts.listen(4);
const kernel = new Kernel(send, interrupts);
captureConsole();
watchLeftovers(() => current.getStore()?.leftovers);

let leaving = false;
const leave = (): void => {
  if (leaving) return;
  leaving = true;
  kernel.close().finally(() => process.exit(0));
};

const turns = new MessageTurns<ToKernel>((message) => {
  if (message.type === "close") leave();
  else kernel.handle(message);
});
process.on("message", (message: ToKernel) => turns.add(message));
process.on("disconnect", leave);

/** An error that no code caught goes to the console of the cell in whose context it happened. */
const onUncaught = (thrown: unknown): void => {
  const generation = current.getStore();
  if (thrown instanceof Interrupted || generation?.ended) return;
  if (!generation) return void process.stderr.write(`${thrown instanceof Error ? thrown.stack : String(thrown)}\n`);
  const { message, position } = cellError(thrown, generation);
  const where = position ? ` (line ${position.line}, column ${position.column + 1})` : "";
  generation.log("error", `Uncaught error: ${message}${where}`);
};
process.on("unhandledRejection", onUncaught);
process.on("uncaughtException", onUncaught);
