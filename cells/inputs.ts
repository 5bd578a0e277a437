/** The inputs that a cell can declare, and their values, as plain data. */

/** A control with its label and default value. */
export type InputSpec =
  | {
      readonly kind: "range";
      readonly label: string;
      readonly value: number;
      readonly min: number;
      readonly max: number;
      readonly step: number;
    }
  | {
      readonly kind: "number";
      readonly label: string;
      readonly value: number;
      readonly min?: number;
      readonly max?: number;
      readonly step?: number;
    }
  | { readonly kind: "choice"; readonly label: string; readonly value: string; readonly options: readonly string[] }
  | { readonly kind: "text"; readonly label: string; readonly value: string; readonly placeholder?: string }
  | {
      readonly kind: "textarea";
      readonly label: string;
      readonly value: string;
      readonly rows: number;
      readonly placeholder?: string;
    }
  | { readonly kind: "toggle"; readonly label: string; readonly value: boolean }
  | {
      readonly kind: "many";
      readonly label: string;
      readonly value: readonly string[];
      readonly options: readonly string[];
    }
  /** The value is the number of times it was pressed. */
  | { readonly kind: "button"; readonly label: string; readonly value: number }
  /** The value is a path relative to the notebook; empty if no file is chosen. */
  | { readonly kind: "file"; readonly label: string; readonly value: string; readonly accept?: string }
  | {
      readonly kind: "table";
      readonly label: string;
      readonly value: readonly TableRow[];
      readonly columns: readonly { readonly name: string; readonly kind: "number" | "string" | "boolean" }[];
    };

export type TableRow = Readonly<Record<string, number | string | boolean>>;
export type InputValue = number | string | boolean | readonly string[] | readonly TableRow[];

/** A live input: a running cell reads its current value at each step. */
export type Live<T> = { readonly value: T };
