/**
 * What a user chooses for the knobs of a notebook, as an order to start a sweep: one value, several, or a range to draw from.
 * Inputs that are not varied have the values of the page. Pure.
 */
import { flagged } from "../../server/notebook/source/head.ts";
import { readValue, sameValue, unsuited } from "../../server/state/input-value.ts";
import { roughly } from "../../server/state/quantity.ts";
import type { SessionState } from "../../server/state/state.ts";
import type { StartOrder } from "../../server/sweep/api.ts";
import type { InputSpec, InputValue } from "../../server/values.ts";

type Kind = InputSpec["kind"];
/** `declared`: what its cell said when it ran. Before that only the kind is known, by the code. */
export type Knob = {
  readonly name: string;
  readonly kind: Kind;
  readonly declared?: { readonly spec: InputSpec; readonly value: InputValue };
};

/** `lines`: a value in each line; numbers may be separated by commas. */
export type Choice =
  | { readonly kind: "one" }
  | { readonly kind: "ticked"; readonly values: readonly string[] }
  | { readonly kind: "lines"; readonly text: string }
  | { readonly kind: "range"; readonly low: string; readonly high: string; readonly scale: "linear" | "log" };

export type SweepForm = {
  readonly choices: Readonly<Record<string, Choice>>;
  readonly draws: string;
  readonly seeds: string;
  readonly jobs: string;
  readonly on: "local" | "slurm";
};

const MOST_ENTRIES = 10_000;
const ONE: Choice = { kind: "one" };

/** The inputs that a sweep can vary or set. Seeds are chosen apart, and a press of a button is no setting. */
export function knobsOf({ cells }: SessionState): readonly Knob[] {
  const code = cells.filter(({ cell, analysis }) => analysis && !flagged(cell, "disabled"));
  return code.flatMap(({ analysis, inputs }) =>
    (analysis?.inputs ?? []).flatMap(({ name, kind }): Knob[] => {
      if (name === "seed" || kind === "button") return [];
      const found = inputs.find((input) => input.name === name);
      return [{ name, kind, ...(found && { declared: { spec: found.spec, value: found.value } }) }];
    }),
  );
}

/** How its values are chosen: ticked from a few, written in lines, or not at all. */
export function waysOf({ kind, declared }: Knob): "ticked" | "numbers" | "lines" | "none" {
  if (kind === "table" || kind === "button") return "none";
  if (kind === "toggle" || declared?.spec.kind === "choice") return "ticked";
  return kind === "range" || kind === "number" ? "numbers" : "lines";
}

export function optionsOf({ declared }: Knob): readonly string[] {
  return declared?.spec.kind === "choice" ? declared.spec.options : ["true", "false"];
}

/** The number of entries is undefined, and `order` too, while something is not valid. */
export type Read = {
  readonly faults: Readonly<Record<string, string>>;
  readonly entries?: number;
  readonly order?: StartOrder;
};

export function readForm(notebook: string, knobs: readonly Knob[], form: SweepForm): Read {
  const faults: Record<string, string> = {};
  const grid: StartOrder["grid"][number][] = [];
  const ranges: StartOrder["ranges"][number][] = [];
  for (const knob of knobs) {
    const choice = form.choices[knob.name] ?? ONE;
    const read = choice.kind === "range" ? readRange(knob, choice) : readValues(knob, choice);
    if ("fault" in read) faults[knob.name] = read.fault;
    else if ("low" in read) ranges.push(read);
    else if (read.values.length > 0) grid.push({ name: knob.name, values: read.values });
  }
  const whole = (name: "seeds" | "draws" | "jobs", most: number): number => {
    const value = Number(form[name]);
    if (!/^\d+$/.test(form[name].trim()) || value < 1 || value > most)
      faults[name] = `It must be a whole number from 1 to ${most}.`;
    return value;
  };
  const [seeds, jobs] = [whole("seeds", MOST_ENTRIES), whole("jobs", 1000)];
  const draws = ranges.length > 0 ? whole("draws", MOST_ENTRIES) : 1;
  if (Object.keys(faults).length > 0) return { faults };
  const entries = grid.reduce((product, { values }) => product * values.length, draws) * seeds;
  if (entries > MOST_ENTRIES)
    return { faults: { entries: `These are ${entries} entries; at most ${MOST_ENTRIES} are possible.` } };
  const varied = new Set([...grid, ...ranges].map(({ name }) => name));
  const fixed = changedKnobs(knobs).filter(({ name }) => !varied.has(name));
  return { faults, entries, order: { notebook, grid, ranges, draws, fixed, seeds, jobs, on: form.on } };
}

/** The inputs that have another value in the page than the code gives them. */
export function changedKnobs(knobs: readonly Knob[]): readonly { readonly name: string; readonly value: InputValue }[] {
  return knobs.flatMap(({ name, declared }) =>
    declared && !sameValue(declared.value, declared.spec.value) ? [{ name, value: declared.value }] : [],
  );
}

type Fault = { readonly fault: string };

/** No values: the input has the one of the page. */
function readValues(knob: Knob, choice: Exclude<Choice, { kind: "range" }>): Fault | { readonly values: InputValue[] } {
  const texts = choice.kind === "one" ? [] : choice.kind === "ticked" ? choice.values : linesOf(knob, choice.text);
  if (choice.kind === "lines" && texts.length === 0) return { fault: "Give at least one value." };
  const values: InputValue[] = [];
  for (const text of texts) {
    const value = readValue(knob.kind, text);
    if (value === undefined) return { fault: `"${text}" is not a number.` };
    const rule = knob.declared && unsuited(knob.declared.spec, value);
    if (rule !== undefined) return { fault: `${text}: ${rule}.` };
    if (values.some((other) => sameValue(other, value))) return { fault: `${text} is given twice.` };
    values.push(value);
  }
  return { values };
}

function linesOf({ kind }: Knob, text: string): readonly string[] {
  const separator = kind === "range" || kind === "number" ? /[\s,;]+/ : /\n/;
  return text.split(separator).flatMap((each) => each.trim() || []);
}

function readRange(
  { name, declared }: Knob,
  { low, high, scale }: Extract<Choice, { kind: "range" }>,
): Fault | StartOrder["ranges"][number] {
  const bounds = [low, high].map((text) => (text.trim() === "" ? Number.NaN : Number(text)));
  const [from, to] = bounds as [number, number];
  if (!Number.isFinite(from) || !Number.isFinite(to)) return { fault: "Give two numbers." };
  if (from >= to) return { fault: "The first number must be below the second one." };
  if (scale === "log" && from <= 0) return { fault: "On a logarithmic scale, both numbers must be above 0." };
  const spec = declared?.spec;
  const rule = spec && (unsuited(spec, from) ?? unsuited(spec, to));
  if (rule !== undefined) return { fault: `${rule[0]!.toUpperCase()}${rule.slice(1)}.` };
  return { name, low: from, high: to, scale, numbers: isWhole(spec, [low, high]) ? "whole" : "any" };
}

/** As on the command line, where both bounds are written as whole numbers; never where the input has smaller steps. */
function isWhole(spec: InputSpec | undefined, bounds: readonly string[]): boolean {
  const step = spec?.kind === "range" || spec?.kind === "number" ? spec.step : undefined;
  const areWhole = bounds.every((text) => /^[+-]?\d+$/.test(text.trim()));
  return areWhole && (step === undefined || Number.isInteger(step));
}

/** What earlier runs of the cells say about the time, in words. */
export function costText({ cells }: SessionState, entries: number, jobs: number): string {
  const code = cells.filter(({ cell, analysis }) => analysis && !flagged(cell, "disabled"));
  const known = code.flatMap(({ cost }) => cost ?? []);
  if (known.length === 0) return "How long an entry takes is not known before the notebook has run.";
  const one = known.reduce((sum, { seconds }) => sum + seconds, 0);
  const all = one * Math.ceil(entries / Math.min(jobs, entries));
  const bound = known.length < code.length ? "at least " : "about ";
  return `By the last run of its cells, an entry takes ${bound}${roughly(one)}, and all of them ${bound}${roughly(all)}.`;
}
