/**
 * `records/environment.ts` in a page. A page does not know its machine, and what computes on `wasm` does not depend on it: the compiled
 * kernels and the libraries are those that the page carries, and each operation of theirs has one result in every engine.
 */
import type { Environment } from "../../records/record.ts";
import { aboutThisPage } from "../about.ts";

export type EnvironmentEntry = { readonly name: string; readonly recorded: string; readonly now: string };

export function environment(): Environment {
  const { version, libraries } = aboutThisPage();
  const [palimpsest = "", code = ""] = version.split(" ");
  return { palimpsest, code, browser: navigator.userAgent, threads: "1", ...libraries };
}

export function backendEnvironment(backend: string): Environment {
  return { backend, kernels: aboutThisPage().kernels[backend] ?? "unknown" };
}

/** On `wasm`, nothing of the machine does. */
export function decidesBits(name: string): boolean {
  return name === "backend" || name === "kernels" || name.startsWith("library ");
}

export function sideBySide(recorded: Environment, now: Environment): readonly EnvironmentEntry[] {
  const names = [...new Set([...Object.keys(recorded), ...Object.keys(now)])];
  return names.map((name) => ({ name, recorded: recorded[name] ?? "none", now: now[name] ?? "none" }));
}
