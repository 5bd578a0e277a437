/**
 * Entry of the kernel process. The server starts it in the notebook's folder, with pipe 3 for the messages of `messages.ts`
 * and pipe 4 for interrupts:
 *
 *     node --expose-gc server/kernel/begin.mjs
 *
 * It ends when the server does, with the processes that its cells have started. No error of a cell ends it, not even one that
 * nobody awaits.
 */

import { Socket } from "node:net";
import type { FromKernel, ToKernel } from "../messages.ts";
import { LineChannel } from "../session/line-channel.ts";
import { captureConsole } from "./console.ts";
import { current } from "./generation.ts";
import { Interrupts } from "./interrupts.ts";
import { Kernel } from "./kernel.ts";
import { watchLeftovers } from "./leftovers.ts";
import { MessageTurns } from "./message-turns.ts";
import { guardProcess } from "./process-guard.ts";
import { captureOutput } from "./process-output.ts";
import { surviveErrors } from "./uncaught.ts";

// The frame of the cell may be far below the frames of the library that it called.
Error.stackTraceLimit = 50;

const kill = process.kill.bind(process);
const exit = guardProcess();
const interrupts = new Interrupts();
interrupts.listen(4);
let leaving = false;
const turns = new MessageTurns<ToKernel>((message) => {
  if (message.type === "close") void leave().then(() => exit(0));
  else kernel.handle(message);
});
const channel = new LineChannel(new Socket({ fd: 3 }), {
  received: (message) => turns.add(message as ToKernel),
  closed: () => void leave().then(endGroup),
});
const kernel = new Kernel((message: FromKernel) => channel.send(message), interrupts);
captureConsole();
captureOutput();
watchLeftovers(() => current.getStore()?.leftovers);
surviveErrors((cell) => kernel.generation(cell));

async function leave(): Promise<void> {
  if (leaving) return new Promise(() => undefined);
  leaving = true;
  await kernel.close().catch(() => undefined);
  await channel.end();
}

/** The server is gone, so nobody else ends the processes that cells have started. */
function endGroup(): void {
  try {
    kill(-process.pid, "SIGKILL");
  } catch {
    // There are no groups on this system, or it was started in the group of another process.
  }
  exit(0);
}
