/**
 * What a run's knobs stand at, step by step. They are read once before each step and hold through it, so that the value
 * that is recorded is the one that the step used. A fork and a replay give values in the place of the inputs'.
 */
import type { InputValue, Live } from "../../inputs.ts";
import type { RunChange } from "../../runs.ts";

export type KnobValues = Readonly<Record<string, InputValue>>;

export class RunKnobs {
  readonly #handles: ReadonlyMap<string, Live<InputValue>>;
  readonly #names: ReadonlyMap<Live<unknown>, string>;
  readonly #given = new Map<string, InputValue>();
  #held: Map<string, InputValue>;

  constructor(handles: Readonly<Record<string, Live<InputValue>>>) {
    this.#handles = new Map(Object.entries(handles));
    this.#names = new Map(Object.entries(handles).map(([name, knob]) => [knob, name]));
    this.#held = this.#present();
  }

  /** Of the step that is being done. */
  get values(): KnobValues {
    return Object.fromEntries(this.#held);
  }

  /** From the next step on these hold, whatever their inputs say. @throws naming the knobs there are, if one is none. */
  give(values: KnobValues): void {
    for (const [name, value] of Object.entries(values)) {
      if (!this.#handles.has(name)) {
        const known = [...this.#handles.keys()].join(", ") || "none";
        throw new Error(`This training has no knob ${name}. Its knobs: ${known}.`);
      }
      this.#given.set(name, value);
    }
  }

  /** Takes the values for the next step. @returns those that are others than before. */
  turn(): readonly (readonly [name: string, value: InputValue])[] {
    const before = this.#held;
    this.#held = this.#present();
    return [...this.#held].filter(([name, value]) => value !== before.get(name));
  }

  /** Says what held at the last step, of a run that goes on from there. */
  hold(values: KnobValues): void {
    for (const [name, value] of Object.entries(values)) if (this.#handles.has(name)) this.#held.set(name, value);
  }

  /** What a knob stands at in this step; of a handle that is none of this run's, its present value. */
  readonly read = <T>(knob: Live<T>): T => {
    const name = this.#names.get(knob);
    return name === undefined ? knob.value : (this.#held.get(name) as T);
  };

  #present(): Map<string, InputValue> {
    return new Map([...this.#handles].map(([name, knob]) => [name, this.#given.get(name) ?? knob.value]));
  }
}

/** What the knobs stood at in a step, by what was recorded. */
export function knobsAt(initial: KnobValues, changes: readonly RunChange[], step: number): KnobValues {
  const values: Record<string, InputValue> = { ...initial };
  for (const change of changes) if (change.kind === "knob" && change.step <= step) values[change.name] = change.value;
  return values;
}

/** What is left of the changes when a run goes back to a step: what led there, and that it went back. */
export function changesUpTo(changes: readonly RunChange[], step: number): readonly RunChange[] {
  return changes.filter((change) => change.step <= step || change.kind === "rewind" || change.kind === "restart");
}
