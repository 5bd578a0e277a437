/**
 * Errors that no code caught: in timers, callbacks, event emitters and promises. Each goes to the console of the cell in whose
 * context it happened, and the kernel lives. Listeners that libraries add for such errors run too, but what they throw counts for
 * nothing: some throw the error once more, so that a program of their own would end.
 */
import type { CellId } from "../notebook/types.ts";
import { current, type Generation } from "./generation.ts";
import { Interrupted } from "./interrupts.ts";
import { cellError, cellsIn, described } from "./trace.ts";

const EVENTS = ["unhandledRejection", "uncaughtException"] as const;

/** @param generationOf the living generation of a cell */
export function surviveErrors(generationOf: (cell: CellId) => Generation | undefined): void {
  const report = (thrown: unknown): void => {
    const generation =
      current.getStore() ??
      cellsIn(thrown)
        .map(generationOf)
        .find((each) => each !== undefined);
    if (thrown instanceof Interrupted || generation?.ended) return;
    if (!generation) return void process.stderr.write(`Uncaught error: ${described(thrown)}\n${traceOf(thrown)}`);
    const { message, position } = cellError(thrown, generation);
    const where = position ? ` (line ${position.line}, column ${position.column + 1})` : "";
    generation.log("error", `Uncaught error: ${message}${where}`);
  };
  const emit = process.emit.bind(process) as (event: string | symbol, ...args: unknown[]) => boolean;
  const surviving = (event: string | symbol, ...args: unknown[]): boolean => {
    if (!isOneOf(EVENTS, event)) return emit(event, ...args);
    const [thrown] = args;
    report(thrown);
    for (const listener of process.listeners(event as "uncaughtException")) {
      if (listener === report) continue;
      try {
        const answer: unknown = Reflect.apply(listener, process, args);
        if (answer instanceof Promise) answer.catch(() => undefined);
      } catch (again) {
        if (again !== thrown) report(again);
      }
    }
    return true;
  };
  process.emit = surviving as typeof process.emit;
  // Node asks whether there are listeners before it emits.
  for (const event of EVENTS) process.on(event, report);
}

function isOneOf<T>(all: readonly T[], value: unknown): value is T {
  return (all as readonly unknown[]).includes(value);
}

function traceOf(thrown: unknown): string {
  const trace = thrown instanceof Error ? (thrown.stack ?? "").split("\n").slice(1).join("\n") : "";
  return trace === "" ? "" : `${trace}\n`;
}
