/**
 * What a `palimpsest sweep` that the workbench has started says to it, over Node's channel between processes: which sweep has begun.
 * When the workbench is gone, killed or not, the channel closes, and the sweep ends as it does on Ctrl-C.
 */
import * as v from "valibot";

/** The names of the sweep's folder and of the order in it. */
export const begun = v.object({ type: v.literal("begun"), folder: v.string(), order: v.string() });
export type Begun = v.InferOutput<typeof begun>;

/** Whether the workbench has started this process; it may be gone by now. */
const isOfWorkbench = process.connected === true;

export function hasWorkbench(): boolean {
  return isOfWorkbench;
}

export function tellWorkbench(message: Begun): void {
  if (process.connected) process.send?.(message);
}

/** Calls the listener when the workbench is gone. */
export function onWorkbenchGone(listener: () => void): void {
  if (!isOfWorkbench) return;
  // Nobody reads any more what this process prints.
  process.stderr.on("error", () => undefined);
  if (process.connected) process.once("disconnect", listener);
  else listener();
  // The channel alone must not keep the process.
  process.channel?.unref();
}
