/** Primitive values: JSON has most of them; the others are a list with their type and their text. */
import { type Code, type Decoder, notCacheable } from "./codec.ts";

/** The code of a primitive; undefined for objects. @throws NotCacheable for functions and symbols */
export function encodePrimitive(value: unknown, path: string): Code | undefined {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      if (Object.is(value, -0)) return ["number", "-0"];
      return Number.isFinite(value) ? value : ["number", `${value}`];
    case "bigint":
      return ["bigint", `${value}`];
    case "undefined":
      return ["undefined"];
    case "function":
      throw notCacheable(path, "a function");
    case "symbol":
      throw notCacheable(path, "a symbol");
    case "object":
      return value === null ? null : undefined;
  }
}

/** @param node restores an object by the number of its node */
export function decode(code: Code, node: (number: number) => ReturnType<Decoder["value"]>): unknown {
  if (!isList(code)) return code;
  const [type, text = 0] = code;
  switch (type) {
    case "undefined":
      return undefined;
    case "bigint":
      return BigInt(text);
    case "number":
      return Number(text);
    case "node":
      return node(Number(text));
  }
}

const isList = (code: Code): code is Extract<Code, readonly unknown[]> => Array.isArray(code);
