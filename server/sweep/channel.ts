/**
 * What a `palimpsest sweep` that the workbench has started says to it, over Node's channel between processes: which sweep it is.
 * When the workbench is gone, killed or not, the channel closes, and the sweep ends as it does on Ctrl-C.
 */
import * as v from "valibot";

/** The names of the sweep's folder and of the order in it. */
export const planned = v.object({ type: v.literal("planned"), folder: v.string(), order: v.string() });
export type Planned = v.InferOutput<typeof planned>;

/** Whether the workbench has started this process. */
export function hasWorkbench(): boolean {
  return process.connected ?? false;
}

export function tellWorkbench(message: Planned): void {
  if (hasWorkbench()) process.send?.(message);
}

/** Calls the listener when the workbench is gone. */
export function onWorkbenchGone(listener: () => void): void {
  if (!hasWorkbench()) return;
  // Nobody reads any more what this process prints.
  process.stderr.on("error", () => undefined);
  process.once("disconnect", listener);
  // The channel alone must not keep the process.
  process.channel?.unref();
}
