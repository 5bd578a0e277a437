/**
 * Keeps Node ready to break off code by a signal. Node starts a thread for that when interruptible code starts and ends it when
 * such code ends, which takes longer than most cells; but it keeps the thread while any such code runs. So this worker always
 * waits in some. A signal goes to the interruptible code that started last, and comes here when no cell runs. The outer
 * script keeps running while the inner one starts again.
 */
import { Script } from "node:vm";

const never = new Int32Array(new SharedArrayBuffer(4));
globalThis.wait = () => void Atomics.wait(never, 0, 0);
globalThis.waitForEver = () => {
  for (;;) attempt(inner);
};
const inner = new Script("wait()");
const outer = new Script("waitForEver()");
for (;;) attempt(outer);

function attempt(script) {
  try {
    script.runInThisContext({ breakOnSigint: true });
  } catch {
    // The signal came when no cell could be broken off.
  }
}
