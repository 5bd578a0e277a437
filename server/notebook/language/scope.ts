/**
 * A scope: the names declared in a piece of code, values and types apart, and the scope around it. A name may be used
 * before it is declared, so uses are resolved only after the whole cell has been walked.
 */
import type { SyntaxNode } from "./syntax.ts";

/** An identifier. */
export type Name = SyntaxNode & { readonly name: string };

/**
 * How a name is used. `typeof`: as the operand of the operator, so it may be undefined. `type-query`: a value that is named
 * in a type, as in `let x: typeof y`.
 */
export type UseKind = "read" | "written" | "typeof" | "type" | "type-query";

export class Scope {
  readonly #parent: Scope | undefined;
  /** The scope of a `var` that is declared in this one. */
  readonly #varScope: Scope;
  readonly #values = new Map<string, Name>();
  readonly #types = new Set<string>();
  readonly #implicit: string | undefined;

  private constructor(parent: Scope | undefined, kind: "function" | "block", implicit?: string) {
    this.#parent = parent;
    this.#varScope = kind === "function" || !parent ? this : parent.#varScope;
    this.#implicit = implicit;
  }

  static top(): Scope {
    return new Scope(undefined, "function");
  }

  block(): Scope {
    return new Scope(this, "block");
  }

  /** The scope of a function body or the like, which holds its `var`s. @param implicit a name that exists without declaration */
  body(implicit?: string): Scope {
    return new Scope(this, "function", implicit);
  }

  declare(id: Name): void {
    if (!this.#values.has(id.name)) this.#values.set(id.name, id);
  }

  declareVar(id: Name): void {
    this.#varScope.declare(id);
  }

  declareType(name: string): void {
    this.#types.add(name);
  }

  /** The declared values, each with its first declaration. */
  get values(): ReadonlyMap<string, Name> {
    return this.#values;
  }

  get types(): ReadonlySet<string> {
    return this.#types;
  }

  /** Whether neither this scope nor one around it declares the name for this kind of use. */
  isFree(name: string, kind: UseKind): boolean {
    const isDeclared =
      (kind !== "type" && (this.#values.has(name) || this.#implicit === name)) ||
      ((kind === "type" || kind === "type-query") && this.#types.has(name));
    return !isDeclared && (this.#parent?.isFree(name, kind) ?? true);
  }
}
