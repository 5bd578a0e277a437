/**
 * What a sweep varies. `--grid rank=2,8,32` lists the values of an input; a value that contains commas is written as JSON,
 * `--grid 'prompt=["Note:","Well, then:"]'`. `--range rate=1e-4:1e-2:log` gives bounds from which `--random n` draws.
 *
 * Drawn values follow from the name, the bounds and the number of the draw alone. So the same command draws the same values, a
 * larger n keeps the earlier draws, and the draws of one input do not depend on the others.
 */
import { createHash } from "node:crypto";

export type Grid = { readonly name: string; readonly values: readonly string[] };
export type Range = {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  readonly scale: "linear" | "log";
  /** Only whole numbers are drawn: both bounds were written as such. */
  readonly whole: boolean;
};
/** The texts of the inputs' values, by name. */
export type Texts = Readonly<Record<string, string>>;

/** What is wrong with an argument, for the user. */
export class WrongVariation extends Error {}

/** @throws WrongVariation */
export function readGrid(text: string): Grid {
  const { name, rest } = named(text, "--grid", "name=value,value");
  const values = rest.startsWith("[") ? jsonValues(name, rest) : rest.split(",").map((value) => value.trim());
  if (values.length === 0 || values.some((value) => value === ""))
    throw new WrongVariation(`--grid ${name} has an empty value in "${rest}". Write --grid ${name}=value,value.`);
  const twice = values.find((value, at) => values.indexOf(value) !== at);
  if (twice !== undefined) throw new WrongVariation(`--grid ${name} has the value "${twice}" twice.`);
  return { name, values };
}

/** @throws WrongVariation */
export function readRange(text: string): Range {
  const { name, rest } = named(text, "--range", "name=low:high or name=low:high:log");
  const [from = "", to = "", scale = "linear", ...more] = rest.split(":").map((part) => part.trim());
  const [low, high] = [Number(from), Number(to)];
  const form = `--range must have the form name=low:high or name=low:high:log, with low below high, not "${text}".`;
  if (more.length > 0 || from === "" || to === "" || !Number.isFinite(low) || !Number.isFinite(high) || low >= high)
    throw new WrongVariation(form);
  if (scale !== "linear" && scale !== "log") throw new WrongVariation(form);
  if (scale === "log" && low <= 0)
    throw new WrongVariation(`--range ${name}: with log, low must be above 0, not ${from}.`);
  return { name, low, high, scale, whole: [from, to].every((bound) => /^[+-]?\d+$/.test(bound)) };
}

/** @throws WrongVariation if an input is varied twice */
export function requireDistinct(names: readonly string[]): void {
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new WrongVariation(`The input ${twice} is given twice. Give each input once.`);
}

/** Every value of each grid with every value of the others, and all of them with each draw. @param draws how many there are */
export function combinations(grids: readonly Grid[], ranges: readonly Range[], draws: number): readonly Texts[] {
  const drawn = Array.from({ length: ranges.length > 0 ? draws : 1 }, (_, at): Texts => {
    return Object.fromEntries(ranges.map((range) => [range.name, drawnValue(range, at)]));
  });
  return grids.reduceRight<readonly Texts[]>(
    (rest, { name, values }) => values.flatMap((value) => rest.map((texts) => ({ [name]: value, ...texts }))),
    drawn,
  );
}

/** Three significant digits of the range's width are enough for a setting; on a log scale, of the value. */
function digitsOf({ low, high, scale }: Range): number {
  let digits = 3;
  const largest = Math.max(Math.abs(low), Math.abs(high));
  if (scale !== "log") for (let width = high - low; 10 * width < largest && digits < 15; width *= 10) digits += 1;
  return digits + (digits > 3 ? 1 : 0);
}

function drawnValue(range: Range, at: number): string {
  const { name, low, high, scale, whole } = range;
  const share = uniform(`${name} ${low} ${high} ${scale} ${at}`);
  const [top, bottom] = whole ? [high + 0.5, low - 0.5] : [high, low];
  const first = scale === "log" ? Math.max(bottom, low / 2) : bottom;
  const value = scale === "log" ? between(first, top, share) : first + share * (top - first);
  const rounded = whole ? Math.round(value) : Number(value.toPrecision(digitsOf(range)));
  return String(Math.min(high, Math.max(low, rounded)));
}

/** `low · (high ÷ low)^share` by square roots alone, which are the same on every machine: each bit of the share halves the interval. */
function between(low: number, high: number, share: number): number {
  let [bottom, top, rest] = [low, high, share];
  for (let bit = 0; bit < 48; bit += 1) {
    const middle = Math.sqrt(bottom) * Math.sqrt(top);
    rest *= 2;
    if (rest >= 1) [bottom, rest] = [middle, rest - 1];
    else top = middle;
  }
  return bottom;
}

/** A number from 0 up to 1 that follows from a text. */
function uniform(text: string): number {
  return createHash("sha256").update(text).digest().readUIntBE(0, 6) / 2 ** 48;
}

function named(text: string, option: string, form: string): { readonly name: string; readonly rest: string } {
  const [, name, rest] = /^([^=\s]+)=(.+)$/s.exec(text) ?? [];
  if (name === undefined || rest === undefined)
    throw new WrongVariation(`${option} must have the form ${form}, not "${text}".`);
  return { name, rest };
}

/** Items of a list become the text that `--set` takes: `["a","b"]` is "a,b". */
function jsonValues(name: string, text: string): readonly string[] {
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch {
    // Said below.
  }
  if (!Array.isArray(values)) throw new WrongVariation(`--grid ${name} begins with [ and is not a JSON list: ${text}`);
  return values.map((value) => {
    if (typeof value === "string") return value;
    if (Array.isArray(value) && value.every((item) => typeof item !== "object")) return value.join(",");
    return JSON.stringify(value);
  });
}
