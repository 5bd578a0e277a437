/**
 * Refuses options that a function does not have. A misspelt option would otherwise be ignored without a word, and the default used
 * in its place. The message suggests the option that was meant, also for names that other libraries use.
 */
import { nearest } from "./nearest.ts";

/**
 * For names that other libraries use: the option's name here, or a whole sentence where there is no such option.
 * `{ lr: "learningRate", bf16: "Weights are float32 here." }`
 */
export type OptionHints = Readonly<Record<string, string>>;

/**
 * `requireKnown("train(…)", options, ["steps", "batch"], { max_steps: "steps" })`
 * @param call names the function in messages
 * @throws if an option is not among `names`, with the one that was probably meant; or if `given` is not an object of options
 */
export function requireKnown(call: string, given: object, names: readonly string[], hints: OptionHints = {}): void {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new TypeError(`${call} takes its options as an object: { ${names.slice(0, 2).join(", ")}, … }.`);
  }
  const unknown = Object.keys(given).filter((name) => !names.includes(name));
  if (unknown.length === 0) return;
  const messages = unknown.map((name) => `${call} has no option "${name}". ${suggestion(name, names, hints)}`);
  throw new TypeError(messages.join("\n"));
}

function suggestion(name: string, names: readonly string[], hints: OptionHints): string {
  const hint = Object.hasOwn(hints, name) ? hints[name] : undefined;
  if (hint !== undefined) return names.includes(hint) ? `It is called "${hint}" here.` : hint;
  const similar = nearest(name, names);
  if (similar !== undefined) return `Did you mean "${similar}"?`;
  return names.length === 0 ? "It takes no options." : `Its options are ${names.join(", ")}.`;
}
