/** The control for each kind of input. */

import { buttonControl } from "./button-control.ts";
import { choiceControl } from "./choice-control.ts";
import type { Control, Kind } from "./control.ts";
import { fileControl } from "./file-control.ts";
import { manyControl } from "./many-control.ts";
import { numberControl } from "./number-control.ts";
import { rangeControl } from "./range-control.ts";
import { tableControl } from "./table-control.ts";
import { textControl } from "./text-control.ts";
import { textareaControl } from "./textarea-control.ts";
import { toggleControl } from "./toggle-control.ts";

const registry: { readonly [K in Kind]: Control<K> } = {
  range: rangeControl,
  number: numberControl,
  choice: choiceControl,
  text: textControl,
  textarea: textareaControl,
  toggle: toggleControl,
  many: manyControl,
  button: buttonControl,
  file: fileControl,
  table: tableControl,
};

export function controlOf<K extends Kind>(kind: K): Control<K> {
  return registry[kind];
}

export const allControlStyles = Object.values(registry).flatMap(({ styles }) => styles ?? []);
