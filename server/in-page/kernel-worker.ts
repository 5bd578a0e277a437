/**
 * The kernel in a worker of a page: the same kernel as the process (`kernel/main.ts`), with messages in place of pipes. The first message
 * holds the files, the next ones are those of `messages.ts`.
 */
import "./node/globals.ts";
import * as tf from "@tensorflow/tfjs";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { current } from "../kernel/generation.ts";
import { Interrupts } from "../kernel/interrupts.ts";
import { Kernel } from "../kernel/kernel.ts";
import { watchLeftovers } from "../kernel/leftovers.ts";
import { MessageTurns } from "../kernel/message-turns.ts";
import { cellError, cellsIn } from "../kernel/trace.ts";
import type { FromKernel, ToKernel } from "../messages.ts";
import type { FilesMessage, ToSession } from "./kernel-messages.ts";
import { runInNone } from "./node/context.ts";
import { contentOf, fileAt, onWritten, store } from "./node/disk.ts";
import { dirname } from "./node/path.ts";
import { TFJS } from "./places.ts";
import { captureConsole } from "./twins/console.ts";

const post = (message: ToSession): void => postMessage(message);
const send = (message: FromKernel): void => post({ kind: "said", text: JSON.stringify(message) });
const kernel = new Kernel(send, new Interrupts());
const turns = new MessageTurns<ToKernel>((message) => {
  if (message.type === "close") void kernel.close().then(() => post({ kind: "closed" }));
  else kernel.handle(message);
});

/** tfjs asks for its compiled kernels by an address; they are a file here. All else would be the network. */
globalThis.fetch = async (address) => {
  if (String(address) !== TFJS) throw new Error(`This page uses no network, so ${address} was not loaded.`);
  return new Response(contentOf(fileAt(TFJS)).slice(), { headers: { "content-type": "application/wasm" } });
};
setWasmPaths(`${dirname(TFJS)}/`);
// Threads would need memory that a page from a file cannot share.
tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
onWritten((path, bytes) => {
  // The session compares what a training leaves.
  if (path.includes("/adapter/")) post({ kind: "written", path, bytes: bytes.slice() });
});
captureConsole();
watchLeftovers(() => current.getStore()?.leftovers);
self.addEventListener("unhandledrejection", (event) => report(event.reason, event));
self.addEventListener("error", (event) => report(event.error, event));

/** As `kernel/uncaught.ts`: no error of a cell ends the kernel. */
function report(thrown: unknown, event: Event): void {
  const generation = cellsIn(thrown)
    .map((cell) => kernel.generation(cell))
    .find((each) => each !== undefined);
  if (!generation || generation.ended) return;
  event.preventDefault();
  generation.log("error", `Uncaught error: ${cellError(thrown, generation).message}`);
}

self.onmessage = ({ data }: MessageEvent<FilesMessage | ToKernel>) =>
  runInNone(() => {
    if (data.type !== "files") return turns.add(data);
    store(data.files);
  });
