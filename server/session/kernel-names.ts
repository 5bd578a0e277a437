/**
 * The names by which a kernel knows the cells. A cell that was renamed keeps its name in the running kernel, so that its values
 * and its training live on; messages are translated on the way.
 */
import type { FromKernel, ToKernel } from "../messages.ts";
import type { CellId } from "../notebook/types.ts";

export class KernelNames {
  /** Cells that are called otherwise in the kernel. All others have one name. */
  readonly #inKernel = new Map<CellId, string>();
  readonly #cells = new Map<string, CellId>();

  renamed(from: CellId, to: CellId): void {
    const name = this.inKernel(from);
    this.#inKernel.delete(from);
    this.#inKernel.set(to, name);
    this.#cells.set(name, to);
  }

  /** The name of a cell in the kernel. A new cell that is called as another one was before gets a name that is free. */
  inKernel(cell: CellId): string {
    const known = this.#inKernel.get(cell);
    if (known !== undefined) return known;
    const owner = this.#cells.get(cell);
    if (owner === undefined || owner === cell) return cell;
    let name = `${cell}~2`;
    for (let n = 3; this.#cells.has(name); n++) name = `${cell}~${n}`;
    this.#inKernel.set(cell, name);
    this.#cells.set(name, cell);
    return name;
  }

  cell(name: string): CellId {
    return this.#cells.get(name) ?? name;
  }

  clear(): void {
    this.#inKernel.clear();
    this.#cells.clear();
  }

  toKernel<T extends ToKernel>(message: T): T {
    if (this.#inKernel.size === 0) return message;
    if ("cell" in message && message.cell !== undefined) return { ...message, cell: this.inKernel(message.cell) };
    if ("cells" in message) return { ...message, cells: message.cells.map((each) => this.inKernel(each)) };
    return message;
  }

  fromKernel(message: FromKernel): FromKernel {
    if (this.#cells.size === 0) return message;
    if (message.type === "run-started")
      return { ...message, run: { ...message.run, cell: this.cell(message.run.cell) } };
    if (message.type === "tensors") {
      const cells = Object.entries(message.cells).map(([name, held]) => [this.cell(name), held] as const);
      return { ...message, cells: Object.fromEntries(cells) };
    }
    return "cell" in message && message.cell !== undefined ? { ...message, cell: this.cell(message.cell) } : message;
  }
}
