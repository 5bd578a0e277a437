/**
 * What Jinja takes from Python and the template library computes otherwise: `strip` with the characters to strip, `%`, and today's date.
 * Their places in a parsed template are replaced by calls of the functions here.
 */
import type { Template } from "@huggingface/jinja";
import { isRecord } from "../json.ts";
import { strftime } from "./template-settings.ts";

/** Rewrites a parsed template in place. */
export function withPython(template: Template): Template {
  rewrite(template.parsed as unknown);
  return template;
}

/** The functions that a rewritten template calls. @param day for `strftime_now` */
export function pythonFunctions(day: string): Readonly<Record<string, (...values: never[]) => unknown>> {
  return {
    python_strftime: (format: string) => strftime(day, format),
    python_strip: (text: string, characters: string) => stripEnd(stripStart(text, characters), characters),
    python_lstrip: stripStart,
    python_rstrip: stripEnd,
    python_modulo: modulo,
  };
}

function rewrite(node: unknown): void {
  if (Array.isArray(node)) for (const each of node) rewrite(each);
  if (!isRecord(node)) return;
  for (const child of Object.values(node)) rewrite(child);
  const call = (name: string, args: readonly unknown[]): void => {
    Object.assign(node, { type: "CallExpression", callee: { type: "Identifier", value: `python_${name}` }, args });
  };
  if (node.type === "Identifier" && node.value === "strftime_now") Object.assign(node, { value: "python_strftime" });
  if (node.type === "BinaryExpression" && isRecord(node.operator) && node.operator.value === "%")
    call("modulo", [node.left, node.right]);
  if (node.type !== "CallExpression" || !isRecord(node.callee) || node.callee.type !== "MemberExpression") return;
  const { object, property } = node.callee;
  const method = isRecord(property) && node.callee.computed !== true ? String(property.value) : "";
  const args = Array.isArray(node.args) ? node.args : [];
  if (/^[lr]?strip$/.test(method) && args.length === 1) call(method, [object, args[0]]);
}

function stripStart(text: string, characters: string): string {
  let from = 0;
  while (from < text.length && characters.includes(text[from]!)) from += 1;
  return text.slice(from);
}

function stripEnd(text: string, characters: string): string {
  let to = text.length;
  while (to > 0 && characters.includes(text[to - 1]!)) to -= 1;
  return text.slice(0, to);
}

/** Python's `%`: the remainder with the sign of the divisor, or the values put into a text. */
function modulo(left: unknown, right: unknown): unknown {
  if (typeof left === "number" && typeof right === "number") return left - right * Math.floor(left / right);
  if (typeof left !== "string") throw new Error(`"%" between ${typeof left} and ${typeof right} is not supported`);
  // A tuple arrives as a list of the library's values.
  const values = Array.isArray(right) ? right.map((each) => (isRecord(each) ? each.value : each)) : [right];
  let next = 0;
  const text = left.replace(/%(.)/gs, (directive, letter: string) => {
    if (letter === "%") return "%";
    if (!"sdi".includes(letter)) throw new Error(`the text format "${directive}" is not supported`);
    if (next >= values.length) throw new Error(`"${left}" has more places than values`);
    const value = values[next++];
    return letter === "s" ? String(value) : String(Math.trunc(Number(value)));
  });
  if (next < values.length) throw new Error(`"${left}" has fewer places than values`);
  return text;
}
