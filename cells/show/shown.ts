/** A value with an output of its own: a recorded plot, a table, markdown. The page draws it when it is a cell's last expression. */
import type { Output } from "../output.ts";

export class Shown {
  readonly output: Output;

  constructor(output: Output) {
    this.output = output;
  }
}
