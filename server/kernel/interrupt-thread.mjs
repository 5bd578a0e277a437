/**
 * The thread that listens to the server while the main thread is busy. Each line on the pipe names a generation to
 * interrupt, as `["cell", 3]`; its slot is in memory that both threads share. When the pipe closes, the server is gone and
 * the process must end too, with the processes that its cells have started.
 */
import { Socket } from "node:net";
import { parentPort, workerData } from "node:worker_threads";

/** Milliseconds until a signal breaks off code that does not check, where that is possible. */
const SIGNAL_MS = 1_000;
/** Milliseconds that the main thread has to leave by itself when the server is gone. */
const LEAVE_MS = 2_000;

const { fd, hints, asked, inside } = workerData;
/** The latest generation of each cell, with its slot. */
const known = new Map();
/** Interrupts of generations that the main thread has not announced yet, by cell. */
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
pipe.on("close", () => setTimeout(end, LEAVE_MS));

function end() {
  try {
    process.kill(-process.pid, "SIGKILL");
  } catch {
    // There are no groups on this system, or the process was started in the group of another one.
    process.kill(process.pid, "SIGKILL");
  }
}

function raise(slot) {
  Atomics.store(asked, slot, 1);
  hints.fill(1);
  setTimeout(() => {
    if (Atomics.load(inside, 0) === slot + 1) process.kill(process.pid, "SIGINT");
  }, SIGNAL_MS);
}
