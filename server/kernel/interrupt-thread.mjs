/**
 * The thread that hears the server while the main thread hears nothing. Lines on the pipe name a generation that is to
 * be interrupted, as `["cell", 3]`; its flag lies in memory that both threads share. When the pipe ends, so has the
 * server, and the process is not left behind.
 */
import { Socket } from "node:net";
import { parentPort, workerData } from "node:worker_threads";

/** Milliseconds until code without checks is broken off by a signal, where that can be done. */
const SIGNAL_MS = 1_000;
/** Milliseconds that the main thread has to leave by itself when the server is gone. */
const LEAVE_MS = 2_000;

const { fd, look, asked, inside } = workerData;
/** The latest generation of each cell, with its slot. */
const known = new Map();
/** Interrupts of generations that the main thread has not told of yet. */
const early = new Map();

parentPort.on("message", ({ cell, generation, slot }) => {
  known.set(cell, { generation, slot });
  if (early.get(cell) === generation) raise(slot);
  early.delete(cell);
});

let rest = "";
const pipe = new Socket({ fd, readable: true, writable: false });
pipe.setEncoding("utf8");
pipe.on("data", (chunk) => {
  const lines = (rest + chunk).split("\n");
  rest = lines.pop() ?? "";
  for (const line of lines) {
    const [cell, generation] = JSON.parse(line);
    const latest = known.get(cell);
    if (latest?.generation === generation) raise(latest.slot);
    else if (generation > (latest?.generation ?? 0)) early.set(cell, generation);
  }
});
pipe.on("error", () => undefined);
pipe.on("close", () => setTimeout(() => process.kill(process.pid, "SIGKILL"), LEAVE_MS));

function raise(slot) {
  Atomics.store(asked, slot, 1);
  look.fill(1);
  setTimeout(() => {
    if (Atomics.load(inside, 0) === slot + 1) process.kill(process.pid, "SIGINT");
  }, SIGNAL_MS);
}
