/** What the page asks for, as the words of `palimpsest sweep`. Pure. */
import type { InputValue } from "../values.ts";
import type { StartOrder } from "./api.ts";
import { quoted } from "./slurm-batch.ts";

/** Each is one word, so that no value is taken for an option. */
export function startWords({ grid, ranges, draws, fixed, seeds, jobs, on }: StartOrder): readonly string[] {
  return [
    ...grid.map(({ name, values }) => `--grid=${name}=${valuesText(values)}`),
    ...ranges.map(({ name, low, high, scale, numbers }) => {
      const ends = [low, high].map((bound) => boundText(bound, numbers));
      return `--range=${[`${name}=${ends[0]}`, ends[1], ...(scale === "log" ? ["log"] : [])].join(":")}`;
    }),
    ...(ranges.length > 0 ? [`--random=${draws}`] : []),
    ...fixed.map(({ name, value }) => `--set=${name}=${settingText(value)}`),
    `--seeds=${seeds}`,
    ...(jobs === undefined ? [] : [`--jobs=${jobs}`]),
    `--on=${on}`,
    ...(on === "slurm" ? ["--no-wait"] : []),
  ];
}

/** With commas where that means the same, since it is shown to the user. */
function valuesText(values: readonly InputValue[]): string {
  const texts = values.map(String);
  const isPlain =
    values.every((value) => typeof value !== "object") && texts.every((text) => /^[^\s,[][^,]*$/.test(text));
  return isPlain && texts.every((text) => text === text.trim()) ? texts.join(",") : JSON.stringify(values);
}

/** Whole bounds draw whole numbers, so that any number needs a bound with a decimal point. */
function boundText(bound: number, numbers: "whole" | "any"): string {
  const text = String(bound);
  return numbers === "any" && /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/** As `--set` takes it. */
function settingText(value: InputValue): string {
  if (typeof value !== "object") return String(value);
  return value.every((item) => typeof item === "string") ? value.join(",") : JSON.stringify(value);
}

/** The same in a terminal, in the workspace. @param notebooks the folder of the notebook */
export function terminalCommand(notebooks: string, notebook: string, words: readonly string[]): string {
  const path = [...(notebooks === "" ? [] : [notebooks]), notebook].join("/");
  return ["npx", "palimpsest", "sweep", ...words, "--", path].map(quoted).join(" ");
}
