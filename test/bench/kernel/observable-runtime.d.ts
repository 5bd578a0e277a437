/** The part of `@observablehq/runtime` that the bench uses. The package has no types of its own. */
declare module "@observablehq/runtime" {
  type Observer = { readonly fulfilled: (value: unknown) => void; readonly rejected: (error: Error) => void };
  type Variable = {
    define(name: string, inputs: readonly string[], definition: (...inputs: never[]) => unknown): Variable;
  };
  export class Runtime {
    module(): {
      variable(observer: Observer): Variable;
      redefine(name: string, inputs: readonly string[], definition: (...inputs: never[]) => unknown): Variable;
    };
    dispose(): void;
  }
}
