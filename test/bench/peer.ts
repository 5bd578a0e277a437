/**
 * PyTorch doing the same work in a process of its own, one round at a time when told to: so ours and its rounds take turns on the
 * same machine, and what else the machine is doing hits both.
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface Peer {
  /** Seconds of one round. */
  round(): Promise<number>;
  /** The most memory that it has had, in MB. */
  memory(): Promise<number>;
  /** Seconds of processor time that it has taken, of all its threads. */
  processor(): Promise<number>;
  close(): void;
}

/** Starts `peer.py`. @throws in one line where the Python named by PALIMPSEST_PYTHON has no torch, transformers or peft. */
export async function startPeer(task: object): Promise<Peer> {
  const python = process.env.PALIMPSEST_PYTHON ?? "python3";
  const script = fileURLToPath(new URL("./peer.py", import.meta.url));
  const child = spawn(python, [script, JSON.stringify(task)], { stdio: ["pipe", "pipe", "pipe"] });
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(-2000);
  });
  const ended = new Promise<never>((_, refuse) => {
    child.once("error", (error) =>
      refuse(new Error(`${python} does not start (${error.message}); set PALIMPSEST_PYTHON.`)),
    );
    child.once("close", () => {
      const last = complaint.trim().split("\n").at(-1) ?? "";
      refuse(new Error(`the peer under ${python} ended: ${last}. PALIMPSEST_PYTHON names another Python.`));
    });
  });
  // Nobody may be waiting when it ends as it should.
  ended.catch(() => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<number> => {
    for (;;) {
      const line = await Promise.race([lines.next(), ended]);
      if (line.done) return await ended;
      const found = /^answer (\S+)$/.exec(line.value);
      if (found) return Number(found[1]);
    }
  };
  const ask = (word: string): Promise<number> => {
    child.stdin.write(`${word}\n`);
    return answer();
  };
  await answer();
  return {
    round: () => ask("round"),
    memory: () => ask("memory"),
    processor: () => ask("processor"),
    close: () => child.stdin.end(),
  };
}
