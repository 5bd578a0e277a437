/** A kernel process with a notebook in a temporary folder, driven as the server drives it, and all messages that it has sent. */
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { CellEvent } from "../../../server/events.ts";
import type { FromKernel } from "../../../server/messages.ts";
import { KernelProcess } from "../../../server/session/kernel-process.ts";
import type { InputValue } from "../../../server/values.ts";

type Finished = Extract<CellEvent, { type: "cell-finished" }>;

export class Stage {
  readonly folder: string;
  readonly said: FromKernel[] = [];
  /** Faults of messages that the server would not take. */
  readonly refused: string[] = [];
  readonly #kernel: KernelProcess;
  readonly #waiting = new Set<() => void>();
  readonly #generations = new Map<string, number>();
  #gone: string | undefined;

  private constructor(folder: string) {
    this.folder = folder;
    this.#kernel = new KernelProcess(folder, {
      said: (message) => {
        this.said.push(message);
        for (const wake of this.#waiting) wake();
      },
      refused: (fault) => {
        this.refused.push(fault);
        for (const wake of this.#waiting) wake();
      },
      gone: (reason) => {
        this.#gone = reason;
        for (const wake of this.#waiting) wake();
      },
    });
  }

  static async open(files: Readonly<Record<string, string>> = {}, backend = "cpu", memory?: number): Promise<Stage> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), "palimpsest-kernel-")));
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const stage = new Stage(folder);
    const device = { key: "test", version: "test", backend, ...(memory !== undefined && { memory }) };
    stage.tell({ type: "open", notebook: join(folder, "notebook.ts"), workspace: folder, seed: 7, ...device });
    await stage.heard((message) => message.type === "kernel-ready" || message.type === "open-failed");
    return stage;
  }

  tell(message: Parameters<KernelProcess["tell"]>[0]): void {
    this.#kernel.tell(message);
  }

  /** Begins a new generation of a cell. @returns its number. */
  begin(cell: string, source: string, inputs: Readonly<Record<string, InputValue>> = {}): number {
    const generation = (this.#generations.get(cell) ?? 0) + 1;
    this.#generations.set(cell, generation);
    this.tell({ type: "execute", cell, generation, snapshot: "s", source, inputs });
    return generation;
  }

  /** Stops a running generation, as the session does. */
  stop(cell: string, generation: number): void {
    this.tell({ type: "stop", cell });
    this.interrupt(cell, generation);
  }

  interrupt(cell: string, generation: number): void {
    this.#kernel.interrupt(cell, generation);
  }

  get pid(): number {
    const ready = this.said.find((each) => each.type === "kernel-ready");
    return ready?.type === "kernel-ready" ? ready.pid : 0;
  }

  /** Runs a cell to its end. */
  async run(cell: string, source: string, inputs: Readonly<Record<string, InputValue>> = {}): Promise<Finished> {
    return this.finished(cell, this.begin(cell, source, inputs));
  }

  async finished(cell: string, generation: number): Promise<Finished> {
    return this.heard(
      (each): each is Finished => each.type === "cell-finished" && each.cell === cell && each.generation === generation,
    );
  }

  /** Waits for a message; one that has arrived already counts. */
  async heard<T extends FromKernel>(
    which: ((message: FromKernel) => message is T) | ((message: FromKernel) => boolean),
  ): Promise<T> {
    for (;;) {
      const found = this.said.find(which);
      if (found) return found as T;
      if (this.#gone !== undefined) throw new Error(`The kernel has ended: ${this.#gone}`);
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#waiting.delete(wake);
          resolve();
        };
        this.#waiting.add(wake);
      });
    }
  }

  /** The value of an expression that uses the cells' names. It travels as JSON. */
  async value(expression: string): Promise<unknown> {
    const cell = `asked-${this.said.length}`;
    const finished = await this.run(cell, `JSON.stringify(${expression})`);
    this.tell({ type: "end", cells: [cell] });
    if (finished.error) throw new Error(finished.error.message);
    const output = this.outputs(cell)[0];
    if (output?.kind !== "value" || output.value.kind !== "primitive") throw new Error("The expression has no value.");
    return JSON.parse(output.value.text);
  }

  outputs(cell: string) {
    return this.said.flatMap((each) => (each.type === "cell-output" && each.cell === cell ? [each.output] : []));
  }

  console(cell: string) {
    return this.said.flatMap((each) => (each.type === "cell-console" && each.cell === cell ? each.lines : []));
  }

  async close(): Promise<void> {
    await this.#kernel.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
