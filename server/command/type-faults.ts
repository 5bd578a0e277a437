/**
 * The type errors of a notebook. TypeScript checks the cells as one module that exists in memory only, at the notebook's own path, so
 * that imports of project files and packages are found. The settings are ours: a tsconfig.json of the user is not read.
 *
 * What `check` finds by itself, and better, is left out: unknown names, imports, names that are defined twice. So is what is no
 * error in a notebook: parameters without a type, and the order of the cells.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { CellId, Position } from "../notebook/types.ts";
import type { SessionState } from "../state/state.ts";
import { NotebookModule } from "./notebook-module.ts";

export type TypeFault = { readonly message: string; readonly position: Position };
export type TypeFaults =
  | { readonly status: "checked"; readonly faults: ReadonlyMap<CellId, readonly TypeFault[]> }
  | { readonly status: "unavailable"; readonly why: string };

/** The settings stand beside package.json, so that the types of Node are found among our packages. The file does not exist. */
const SETTINGS = fileURLToPath(new URL("../../tsconfig.notebook-in-memory.json", import.meta.url));

const CHECKER = fileURLToPath(new URL("type-checker.mjs", import.meta.url));
const LONGEST_MS = 120_000;

const COMPILER = {
  ...{ target: "ES2023", lib: ["ES2023", "DOM", "DOM.Iterable"], types: ["node"] },
  ...{ module: "esnext", moduleResolution: "bundler", moduleDetection: "force" },
  ...{ noEmit: true, allowImportingTsExtensions: true, resolveJsonModule: true, skipLibCheck: true },
  ...{ strict: true, useUnknownInCatchVariables: false, allowUnreachableCode: true, allowUnusedLabels: true },
  paths: { palimpsest: ["./cells/index.ts"] },
};

const UNKNOWN_NAME: ReadonlySet<number> = new Set([2304, 2552]);
/** Missing modules and exports, names that are defined twice, and uses above the definition. */
const LEFT_OUT: ReadonlySet<number> = new Set([
  ...[2305, 2307, 2614, 2724, 2792, 2300, 2440, 2451, 2448, 2449, 2450, 2454],
]);

export async function typeFaults(path: string, state: SessionState): Promise<TypeFaults> {
  const missing = missingCompiler();
  if (missing !== undefined) return { status: "unavailable", why: missing };
  const module = new NotebookModule(state);
  const settings = JSON.stringify({ compilerOptions: COMPILER, files: [path] });
  const request = { settings: SETTINGS, path, files: { [SETTINGS]: settings, [path]: module.text } };
  try {
    return { status: "checked", faults: faultsOf(await diagnosticsFor(JSON.stringify(request)), module) };
  } catch {
    return { status: "unavailable", why: "TypeScript's compiler does not work on this machine" };
  }
}

/** Why there is no compiler, and what to do; undefined if there is one. */
function missingCompiler(): string | undefined {
  if (isFound("typescript/unstable/sync")) return undefined;
  return isFound("typescript/package.json")
    ? "the installed package typescript is older than version 7. Run npm install in the folder of Palimpsest"
    : "the package typescript is not installed. Run npm install in the folder of Palimpsest";
}

function isFound(specifier: string): boolean {
  try {
    return existsSync(fileURLToPath(import.meta.resolve(specifier)));
  } catch {
    return false;
  }
}

/** @throws if the checker fails, or takes too long */
function diagnosticsFor(request: string): Promise<readonly Diagnostic[]> {
  return new Promise((resolve, reject) => {
    const options = { timeout: LONGEST_MS, maxBuffer: 2 ** 26 };
    const child = execFile(process.execPath, [CHECKER], options, (error, stdout) =>
      error ? reject(error) : resolve(JSON.parse(stdout)),
    );
    // A checker that ends before it has read everything is reported by its exit code.
    child.stdin?.on("error", () => {}).end(request);
  });
}

type Diagnostic = {
  readonly pos: number;
  readonly end: number;
  readonly code: number;
  readonly text: string;
  readonly messageChain?: readonly Diagnostic[] | undefined;
};

function faultsOf(diagnostics: readonly Diagnostic[], module: NotebookModule): ReadonlyMap<CellId, TypeFault[]> {
  const faults = new Map<CellId, TypeFault[]>();
  for (const diagnostic of diagnostics) {
    const place = module.placeOf(diagnostic.pos);
    if (!place || isLeftOut(diagnostic, module)) continue;
    const fault = { message: messageOf(diagnostic), position: place.position };
    faults.set(place.id, [...(faults.get(place.id) ?? []), fault]);
  }
  return faults;
}

/** Codes from 7000 to 7999 are about what has no type. */
function isLeftOut({ code, pos, end }: Diagnostic, module: NotebookModule): boolean {
  if (LEFT_OUT.has(code) || (code >= 7000 && code < 8000)) return true;
  return UNKNOWN_NAME.has(code) && !isUnknownType(module.text.slice(pos, end), pos, module);
}

/** Whether the name is that of a type, and of no cell that was left out. */
function isUnknownType(name: string, offset: number, module: NotebookModule): boolean {
  const analysis = module.cellAt(offset)?.analysis;
  return analysis?.typeReferences.includes(name) === true && !module.leftOut.has(name);
}

/** The message with its explanations, which TypeScript nests, on one line. */
function messageOf({ text, messageChain = [] }: Diagnostic): string {
  return [text, ...messageChain.map(messageOf)].join(" ");
}
