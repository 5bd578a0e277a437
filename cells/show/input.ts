/**
 * Controls that a cell declares. `input.range(…)` and the others return the plain value: a change gives the constant its new value
 * and runs the cells that use it again. `input.live.…` returns a handle: running code reads `.value` at each step, and a change
 * runs nothing again.
 *
 * The host finds the constant's name by the position of the call in the cell, so each function calls the host immediately.
 */
import { host, type InputSpec, type InputValue, type Live, type TableRow } from "../host.ts";
import {
  buttonSpec,
  type ChoiceOptions,
  choiceSpec,
  type FileOptions,
  fileSpec,
  type ManyOptions,
  manySpec,
  type NumberOptions,
  numberSpec,
  type RangeOptions,
  rangeSpec,
  type TableOptions,
  type TextAreaOptions,
  type TextOptions,
  type ToggleOptions,
  tableSpec,
  textAreaSpec,
  textSpec,
  toggleSpec,
} from "./input-spec.ts";

/** A file that the user chose. Its path is relative to the notebook and can be given to the readers of data sets. */
export type ChosenFile = {
  readonly name: string;
  readonly path: string;
  bytes(): Promise<Uint8Array>;
  text(): Promise<string>;
};

/** All kinds of controls; `ask` makes their values plain or live. */
const controls = <W extends "plain" | "live">(ask: <T>(spec: InputSpec) => Asked<W, T>) => ({
  range: (label: string, options: RangeOptions) => ask<number>(rangeSpec(label, options)),
  number: (label: string, options: NumberOptions) => ask<number>(numberSpec(label, options)),
  /** One of several. */
  choice: <const T extends string>(label: string, options: ChoiceOptions<T>) => ask<T>(choiceSpec(label, options)),
  /** Any number of several, in the order of the options. */
  many: <const T extends string>(label: string, options: ManyOptions<T>) => ask<readonly T[]>(manySpec(label, options)),
  text: (label: string, options: TextOptions = {}) => ask<string>(textSpec(label, options)),
  textarea: (label: string, options: TextAreaOptions = {}) => ask<string>(textAreaSpec(label, options)),
  toggle: (label: string, options: ToggleOptions = {}) => ask<boolean>(toggleSpec(label, options)),
  /** The number of times it was pressed; each press is a change. */
  button: (label: string) => ask<number>(buttonSpec(label)),
  /** A file that the user chooses, stored in the workspace; undefined until then. */
  file: (label: string, options: FileOptions = {}) => ask<ChosenFile | undefined>(fileSpec(label, options)),
  /** Rows that the user can edit, add and remove. */
  table: <R extends TableRow>(label: string, options: TableOptions<R>) =>
    ask<readonly Widened<R>[]>(tableSpec(label, options)),
});

type Asked<W extends "plain" | "live", T> = W extends "live" ? Live<T> : T;
/** The row's types, with literal types widened. */
type Widened<R> = { readonly [K in keyof R]: R[K] extends number ? number : R[K] extends string ? string : boolean };

export const input = {
  ...controls<"plain">(<T>(spec: InputSpec) => inputValue(spec, host().input(spec)) as T),
  live: controls<"live">(<T>(spec: InputSpec) => {
    const handle = host().live(spec);
    return {
      get value() {
        return inputValue(spec, handle.value) as T;
      },
    };
  }),
};

/**
 * The value that code gets: the value itself, or a `ChosenFile`.
 * @throws TypeError if the host returns a value that the control does not allow
 */
export function inputValue(spec: InputSpec, value: InputValue): unknown {
  if (!fits(spec, value))
    throw new TypeError(
      `The input "${spec.label}" has the value ${JSON.stringify(value)}, which is not valid for a ${spec.kind} input.`,
    );
  return spec.kind === "file" ? chosenFile(String(value)) : value;
}

function fits(spec: InputSpec, value: InputValue): boolean {
  switch (spec.kind) {
    case "range":
    case "number":
    case "button":
      return typeof value === "number";
    case "text":
    case "textarea":
    case "file":
      return typeof value === "string";
    case "toggle":
      return typeof value === "boolean";
    case "choice":
      return typeof value === "string" && spec.options.includes(value);
    case "many":
      return Array.isArray(value) && value.every((each) => typeof each === "string" && spec.options.includes(each));
    case "table":
      return Array.isArray(value) && value.every((row) => typeof row === "object");
  }
}

function chosenFile(path: string): ChosenFile | undefined {
  if (path === "") return undefined;
  return {
    name: path.slice(path.lastIndexOf("/") + 1),
    path,
    bytes: () => host().readFile(path),
    text: async () => new TextDecoder().decode(await host().readFile(path)),
  };
}
