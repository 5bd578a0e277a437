/**
 * Where a name holds. A scope knows the names declared in it, values and types apart, and the scope around it. Names may
 * be used before they are declared, so what a use means is asked only when the whole cell has been walked.
 */
import type { SyntaxNode } from "./syntax.ts";

export type Name = SyntaxNode & { readonly name: string };

/** `probed`: the operand of `typeof`, which may mean nothing. `queried`: a value that only a type speaks of. */
export type Manner = "read" | "written" | "probed" | "type" | "queried";

export class Scope {
  readonly #around: Scope | undefined;
  /** Where a `var` in here holds. */
  readonly #ofVars: Scope;
  readonly #values = new Map<string, Name>();
  readonly #types = new Set<string>();
  readonly #implied: string | undefined;

  private constructor(around: Scope | undefined, boundsVars: boolean, implied?: string) {
    this.#around = around;
    this.#ofVars = boundsVars || !around ? this : around.#ofVars;
    this.#implied = implied;
  }

  static top(): Scope {
    return new Scope(undefined, true);
  }

  /** A block. */
  block(): Scope {
    return new Scope(this, false);
  }

  /** The body of a function or its like, to which a `var` is bound. @param implied a name that is there undeclared. */
  body(implied?: string): Scope {
    return new Scope(this, true, implied);
  }

  declare(id: Name): void {
    if (!this.#values.has(id.name)) this.#values.set(id.name, id);
  }

  declareVar(id: Name): void {
    this.#ofVars.declare(id);
  }

  declareType(name: string): void {
    this.#types.add(name);
  }

  /** Where each value was declared first. */
  get values(): ReadonlyMap<string, Name> {
    return this.#values;
  }

  get types(): ReadonlySet<string> {
    return this.#types;
  }

  /** Whether nothing here or around declares what is meant. */
  isFree(name: string, manner: Manner): boolean {
    const known =
      (manner !== "type" && (this.#values.has(name) || this.#implied === name)) ||
      ((manner === "type" || manner === "queried") && this.#types.has(name));
    return !known && (this.#around?.isFree(name, manner) ?? true);
  }
}
