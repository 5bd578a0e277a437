/** Prints a Markdown table of the form that each device function has on each backend: `npx tsx cells/device/table.ts`. */
import { kernelForms } from "./functions.ts";

/** One row per kernel, by name. */
export function formsTable(): string {
  const backends = ["tensorflow", "webgpu", "wasm", "cpu"] as const;
  const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const kernels = [...kernelForms()].sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    row(["kernel", ...backends]),
    row(["---", ...backends.map(() => "---")]),
    ...kernels.map(([name, forms]) => row([name, ...backends.map((backend) => forms[backend])])),
  ].join("\n");
}

if (import.meta.url === `file://${process.argv[1]}`) process.stdout.write(`${formsTable()}\n`);
