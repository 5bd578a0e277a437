/**
 * PyTorch doing the same work in its own process, one round at a time on request. Our rounds and its rounds take turns on the same
 * machine, so other load affects both alike.
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface Peer {
  /** Runs one round. @returns its seconds. */
  round(): Promise<number>;
  /** The largest resident memory so far, in MB. */
  peakMemory(): Promise<number>;
  /** The processor time so far, in seconds over all threads. */
  processor(): Promise<number>;
  close(): void;
}

/**
 * Starts `peer.py` under the Python that PALIMPSEST_PYTHON names, and runs one round to warm up.
 * @throws if this Python does not start, or has no torch, transformers or peft.
 */
export async function startPeer(task: object): Promise<Peer> {
  const python = process.env.PALIMPSEST_PYTHON ?? "python3";
  const script = fileURLToPath(new URL("./peer.py", import.meta.url));
  const child = spawn(python, [script, JSON.stringify(task)], { stdio: ["pipe", "pipe", "pipe"] });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-2000);
  });
  const failed = new Promise<never>((_, reject) => {
    child.once("error", (error) =>
      reject(new Error(`cannot start ${python} (${error.message}); set PALIMPSEST_PYTHON to a Python with torch.`)),
    );
    child.once("close", () => {
      const lastLine = stderr.trim().split("\n").at(-1) ?? "";
      reject(
        new Error(`peer.py ended under ${python}: ${lastLine}. Set PALIMPSEST_PYTHON to a Python with torch and peft.`),
      );
    });
  });
  // After close() it rejects as well, and then nothing awaits it.
  failed.catch(() => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextAnswer = async (): Promise<number> => {
    for (;;) {
      const line = await Promise.race([lines.next(), failed]);
      if (line.done) return await failed;
      const found = /^answer (\S+)$/.exec(line.value);
      if (found) return Number(found[1]);
    }
  };
  const ask = (question: string): Promise<number> => {
    child.stdin.write(`${question}\n`);
    return nextAnswer();
  };
  await nextAnswer();
  return {
    round: () => ask("round"),
    peakMemory: () => ask("peak memory"),
    processor: () => ask("processor"),
    close: () => child.stdin.end(),
  };
}
