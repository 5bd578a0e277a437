/** The JSON text of an event. Log, feeds and memory limits all need it, so it is made once. */
import type { LoggedEvent } from "../events.ts";

const texts = new WeakMap<LoggedEvent, string>();

export function textOf(logged: LoggedEvent): string {
  const known = texts.get(logged);
  if (known !== undefined) return known;
  const text = JSON.stringify(logged);
  texts.set(logged, text);
  return text;
}
