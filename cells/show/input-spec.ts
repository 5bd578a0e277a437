/** What a control takes, checked as the cell declares it: a wrong bound or an option that is not there is told at once. */
import type { InputSpec, TableRow } from "../inputs.ts";

export type RangeOptions = {
  readonly min: number;
  readonly max: number;
  readonly step?: number;
  readonly value: number;
};
export type NumberOptions = {
  readonly value: number;
  readonly min?: number;
  readonly max?: number;
  readonly step?: number;
};
export type ChoiceOptions<T extends string> = { readonly options: readonly T[]; readonly value?: NoInfer<T> };
export type ManyOptions<T extends string> = { readonly options: readonly T[]; readonly value?: readonly NoInfer<T>[] };
export type TextOptions = { readonly value?: string; readonly placeholder?: string };
export type TextAreaOptions = TextOptions & { readonly rows?: number };
export type ToggleOptions = { readonly value?: boolean };
export type FileOptions = {
  /** As in HTML: `".jsonl,.tsv"`. */
  readonly accept?: string;
  /** A file to begin with, relative to the notebook. */
  readonly value?: string;
};
/** The columns and their kinds are those of the first row. */
export type TableOptions<R extends TableRow> = { readonly value: readonly [R, ...R[]] };

/** The step of a range is a hundredth of it, in round numbers, unless told. */
export function rangeSpec(label: string, { min, max, value, step = roundStep(max - min) }: RangeOptions): InputSpec {
  if (!(min < max)) throw new Error(`The range "${label}" goes from ${min} to ${max}; min must be less than max.`);
  within(label, value, min, max);
  if (!(step > 0)) throw new Error(`The step of the range "${label}" is ${step}; it must be more than 0.`);
  return { kind: "range", label, min, max, step, value };
}

const roundStep = (span: number): number => (span > 0 ? 10 ** Math.floor(Math.log10(span / 100)) : 1);

export function numberSpec(label: string, options: NumberOptions): InputSpec {
  within(label, options.value, options.min ?? -Infinity, options.max ?? Infinity);
  return { kind: "number", label, ...options };
}

export function choiceSpec(label: string, { options, value = options[0] }: ChoiceOptions<string>): InputSpec {
  if (value === undefined) throw new Error(`The choice "${label}" has no options.`);
  among(label, options, value);
  return { kind: "choice", label, options, value };
}

export function manySpec(label: string, { options, value = [] }: ManyOptions<string>): InputSpec {
  for (const each of value) among(label, options, each);
  return { kind: "many", label, options, value };
}

export function textSpec(label: string, { value = "", placeholder }: TextOptions): InputSpec {
  return { kind: "text", label, value, ...(placeholder === undefined ? {} : { placeholder }) };
}

export function textAreaSpec(label: string, { value = "", placeholder, rows = 4 }: TextAreaOptions): InputSpec {
  return { kind: "textarea", label, value, rows, ...(placeholder === undefined ? {} : { placeholder }) };
}

export const toggleSpec = (label: string, { value = false }: ToggleOptions): InputSpec => ({
  kind: "toggle",
  label,
  value,
});

export const buttonSpec = (label: string): InputSpec => ({ kind: "button", label, value: 0 });

export function fileSpec(label: string, { accept, value = "" }: FileOptions): InputSpec {
  return { kind: "file", label, value, ...(accept === undefined ? {} : { accept }) };
}

export function tableSpec(label: string, { value }: { readonly value: readonly TableRow[] }): InputSpec {
  const first = value[0];
  if (!first) throw new Error(`The table "${label}" needs one row at least, which tells its columns.`);
  const columns = Object.entries(first).map(([name, cell]) => ({ name, kind: typeof cell as "number" }));
  for (const [at, row] of value.entries()) {
    const odd = columns.find(({ name, kind }) => typeof row[name] !== kind);
    if (odd) throw new Error(`Row ${at + 1} of the table "${label}" has no ${odd.kind} "${odd.name}", as row 1 has.`);
  }
  return { kind: "table", label, columns, value };
}

function among(label: string, options: readonly string[], value: string): void {
  if (!options.includes(value))
    throw new Error(`The choice "${label}" has no option "${value}"; it has ${options.join(", ")}.`);
}

function within(label: string, value: number, min: number, max: number): void {
  if (!(value >= min && value <= max)) {
    throw new Error(`The value of "${label}" is ${value}; it must be a number from ${min} to ${max}.`);
  }
}
