/** A value that brings its own picture: a recorded plot, a table, markdown. As a cell's last expression it is drawn as that. */
import type { Output } from "../output.ts";

export class Shown {
  readonly output: Output;

  constructor(output: Output) {
    this.output = output;
  }
}
