/**
 * Keeps Node ready to break off code by a signal. Node has a thread for it that it starts where such code begins and ends
 * where it is through, which takes longer than most cells; it stays for as long as any such code runs. So this thread
 * always waits in some. A signal goes to whatever began last, and comes here where no cell can be broken off; the outer
 * script stands while the inner one begins again.
 */
import { Script } from "node:vm";

const never = new Int32Array(new SharedArrayBuffer(4));
globalThis.wait = () => void Atomics.wait(never, 0, 0);
globalThis.waitOn = () => {
  for (;;) attempt(inner);
};
const inner = new Script("wait()");
const outer = new Script("waitOn()");
for (;;) attempt(outer);

function attempt(script) {
  try {
    script.runInThisContext({ breakOnSigint: true });
  } catch {
    // It was broken off in place of a cell.
  }
}
