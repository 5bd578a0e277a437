/** A small run for tests of its control: a method with one knob, on the tiny model. */
import { vi } from "vitest";
import type { Method, Probe, Run } from "../../../../cells/contracts.ts";
import { type BaseModel, chatModel } from "../../../../cells/model/chat-model.ts";
import { lora } from "../../../../cells/model/lora.ts";
import { type TrainOptions, train } from "../../../../cells/train/train.ts";
import type { Row, Sample } from "../../../../cells/types.ts";
import { type BareHost, bareHost } from "../../bare-host.ts";
import { tinyFolder } from "../../model/tiny.ts";

const words = ["hello", "quick", "walks", "river", "see", "what", "time", "name"];
export const samples: Sample[] = words.map((word, at) => ({
  prompt: [{ role: "user", content: word }],
  segments: [
    { role: "translation", origin: "data", text: words[(at + 3) % words.length]!, weight: 1 },
    { role: "rationale", origin: "base", text: ` ${word}`, weight: 1 },
  ],
  endTurn: true,
}));

export class SmallRuns {
  /** The weight of the rationales. */
  readonly knob = { value: 1 };
  readonly method: Method = {
    name: "both",
    samples,
    per: "role",
    weight: (role, read = ({ value }) => value) => (role === "rationale" ? read(this.knob) : 1),
    config: {},
    knobs: { weight: this.knob },
  };
  readonly host: BareHost;
  readonly base: BaseModel;

  private constructor(host: BareHost, base: BaseModel) {
    this.host = host;
    this.base = base;
  }

  static async open(): Promise<SmallRuns> {
    const host = bareHost(5);
    return new SmallRuns(host, await chatModel(await tinyFolder(host)));
  }

  start(options: Partial<TrainOptions> = {}): Run {
    return train(this.base, {
      method: this.method,
      adapter: lora({ rank: 2, dropout: 0.1 }),
      steps: 12,
      batch: 3,
      warmup: 2,
      learningRate: 0.02,
      floor: 0.1,
      betas: [0.9, 0.99],
      ...options,
    });
  }

  /** Calls `act` once, when a run has done so many steps. */
  when(run: Run, steps: number, act: () => void): void {
    const before = this.host.onBreath;
    let done = false;
    this.host.onBreath = () => {
      before?.();
      if (done || run.rows.length !== steps) return;
      done = true;
      act();
    };
  }

  async breaths(count: number): Promise<void> {
    for (let i = 0; i < count; i += 1) await this.host.breathe();
  }

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await this.host.breathe();
  }
}

/** The rows without the column that depends on time. */
export const numbers = (rows: Iterable<Row>): Row[] => [...rows].map((row) => ({ ...row, tokensPerSecond: 0 }));

/** Collects what `console.warn` gets. */
export function collectWarnings(): { readonly warned: readonly string[]; readonly restore: () => void } {
  const warned: string[] = [];
  const spy = vi.spyOn(console, "warn").mockImplementation((text: string) => void warned.push(text));
  return { warned, restore: () => spy.mockRestore() };
}

/** A probe with one column, which has these values one after the other, and then the last one. */
export function scores(column: string, ...values: readonly number[]): Probe {
  let at = 0;
  return { name: "score", measure: async () => ({ [column]: values[Math.min(at++, values.length - 1)]! }) };
}
