/**
 * The calls with which code of a cell, or of a library, would end the process or change it for all cells. They throw an error that
 * says what to do instead, so the cell that made the call fails and the values of the others stay.
 */

type Exit = (code?: number) => never;

/** @returns the real `process.exit`, for the kernel itself */
export function guardProcess(): Exit {
  const exit: Exit = process.exit.bind(process);
  const refuse = (call: string, effect: string, advice: string): never => {
    throw new Error(`${call} ${effect}. ${advice}`);
  };
  const ends = "would end the kernel, and the values of all cells would be lost";
  const instead = "To end this cell, throw an error. To begin again, restart the kernel.";
  const kill = process.kill.bind(process);
  const guarded: Partial<NodeJS.Process> = {
    exit: (code) => refuse(`process.exit(${code ?? ""})`, ends, instead),
    abort: () => refuse("process.abort()", ends, instead),
    kill(pid, signal) {
      const own = pid === process.pid || pid === 0 || pid === -process.pid;
      const harmless = signal === 0 || (typeof signal === "string" && process.listenerCount(signal) > 0);
      if (own && !harmless) refuse(`process.kill(${pid === process.pid ? "process.pid" : pid})`, ends, instead);
      return kill(pid, signal);
    },
    chdir: () =>
      refuse(
        "process.chdir(…)",
        "would change the folder of all cells",
        "Paths are relative to the folder of the notebook: write the whole path, or give a process its own folder with the option cwd.",
      ),
  };
  Object.assign(process, guarded);
  return exit;
}
