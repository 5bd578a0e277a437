/**
 * Exponentials, logarithms, powers and angles that give the same bits on every JavaScript engine. `Math.exp`, `Math.log`, `Math.sin`,
 * `Math.pow` and the like may differ in the last bit between two versions of an engine, and then no other machine can repeat a training
 * bit for bit. So nothing that makes numbers calls them; a lint rule (`.portable-math.grit`) checks it.
 *
 * The functions are those of AssemblyScript's standard library, compiled to WebAssembly, whose arithmetic is specified exactly. Results
 * are within one unit in the last place of the true value (`sinh`, `cosh`, `tanh`: two), and calls cost no more than those of `Math`.
 *
 * `Math.sqrt`, `abs`, `floor`, `ceil`, `round`, `trunc`, `sign`, `min`, `max`, `fround`, `imul` and `clz32` are exact everywhere.
 */
import { moduleText } from "./portable-math-module.ts";

type OfOne = (x: number) => number;
type OfTwo = (x: number, y: number) => number;
type Functions = {
  readonly [name in "exp" | "expm1" | "log" | "log2" | "log10" | "log1p" | "sin" | "cos" | "tan"]: OfOne;
} & {
  readonly [name in "asin" | "acos" | "atan" | "sinh" | "cosh" | "tanh" | "asinh" | "acosh" | "atanh"]: OfOne;
} & {
  /** The first argument to the power of the second. */
  readonly pow: OfTwo;
  /** The angle of the point (second argument, first argument), as in `Math`. */
  readonly atan2: OfTwo;
};

const bytes = Uint8Array.from(atob(moduleText), (letter) => letter.charCodeAt(0));
const functions = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as Functions;

export const { exp, expm1, log, log2, log10, log1p, sin, cos, tan, pow, atan2 } = functions;
export const { asin, acos, atan, sinh, cosh, tanh, asinh, acosh, atanh } = functions;
