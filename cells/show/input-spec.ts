/** The options of controls. They are checked when a cell declares the control, so a wrong bound or a missing option is an error at once. */
import type { InputSpec, TableRow } from "../inputs.ts";
import { log10, pow } from "../portable-math.ts";

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
  /** The initial file, relative to the notebook. */
  readonly value?: string;
};
/** The first row decides the columns and their types. */
export type TableOptions<R extends TableRow> = { readonly value: readonly [R, ...R[]] };

/** The default step is a power of ten, at most a hundredth of the range. */
export function rangeSpec(label: string, { min, max, value, step = roundStep(max - min) }: RangeOptions): InputSpec {
  if (!(min < max)) throw new Error(`The range "${label}" goes from ${min} to ${max}. min must be less than max.`);
  within(label, value, min, max);
  if (!(step > 0)) throw new Error(`The step of the range "${label}" is ${step}. It must be greater than 0.`);
  return { kind: "range", label, min, max, step, value };
}

const roundStep = (span: number): number => (span > 0 ? pow(10, Math.floor(log10(span / 100))) : 1);

export function numberSpec(label: string, options: NumberOptions): InputSpec {
  within(label, options.value, options.min ?? -Infinity, options.max ?? Infinity);
  return { kind: "number", label, ...options };
}

export function choiceSpec(label: string, { options, value = options[0] }: ChoiceOptions<string>): InputSpec {
  if (value === undefined) throw new Error(`The choice "${label}" has no options. Give it at least one.`);
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
  if (!first) throw new Error(`The table "${label}" has no rows. It needs at least one, which decides its columns.`);
  const columns = Object.entries(first).map(([name, cell]) => ({ name, kind: typeof cell as "number" }));
  for (const [at, row] of value.entries()) {
    const mismatch = columns.find(({ name, kind }) => typeof row[name] !== kind);
    if (mismatch)
      throw new Error(
        `Row ${at + 1} of the table "${label}" needs a ${mismatch.kind} in the column "${mismatch.name}", like row 1.`,
      );
  }
  return { kind: "table", label, columns, value };
}

function among(label: string, options: readonly string[], value: string): void {
  if (!options.includes(value))
    throw new Error(`"${value}" is not an option of "${label}". The options are ${options.join(", ")}.`);
}

function within(label: string, value: number, min: number, max: number): void {
  if (!(value >= min && value <= max)) {
    throw new Error(`The value of "${label}" is ${value}. It must be a number from ${min} to ${max}.`);
  }
}
