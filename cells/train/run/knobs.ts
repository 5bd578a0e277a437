/**
 * The values of a run's knobs. They are read once before each step and stay the same during it, so the value that is
 * recorded is the one that the step used. A fork and a replay override the values of the inputs.
 */
import type { InputValue, Live } from "../../host.ts";

export type KnobValues = Readonly<Record<string, InputValue>>;

export class RunKnobs {
  readonly #handles: ReadonlyMap<string, Live<InputValue>>;
  readonly #names: ReadonlyMap<Live<unknown>, string>;
  readonly #overrides = new Map<string, InputValue>();
  #current: Map<string, InputValue>;

  constructor(handles: Readonly<Record<string, Live<InputValue>>>) {
    this.#handles = new Map(Object.entries(handles));
    this.#names = new Map(Object.entries(handles).map(([name, knob]) => [knob, name]));
    this.#current = this.#latest();
  }

  /** The values in the present step. */
  get values(): KnobValues {
    return Object.fromEntries(this.#current);
  }

  /**
   * Sets values for all later steps, whatever the inputs say.
   * @throws naming the knobs that exist, if one is unknown
   */
  override(values: KnobValues): void {
    for (const [name, value] of Object.entries(values)) {
      if (!this.#handles.has(name)) {
        const known = [...this.#handles.keys()].join(", ") || "none";
        throw new Error(`This training has no knob named "${name}". Its knobs: ${known}.`);
      }
      this.#overrides.set(name, value);
    }
  }

  /** Reads all values for the next step. @returns the knobs whose value has changed, with the new value */
  update(): readonly (readonly [name: string, value: InputValue])[] {
    const previous = this.#current;
    this.#current = this.#latest();
    return [...this.#current].filter(([name, value]) => value !== previous.get(name));
  }

  /** Sets the values of the last step, for a run that continues after that step. */
  restore(values: KnobValues): void {
    for (const [name, value] of Object.entries(values)) if (this.#handles.has(name)) this.#current.set(name, value);
  }

  /** A knob's value in the present step; the latest value of a handle that is not a knob of this run. */
  readonly read = <T>(knob: Live<T>): T => {
    const name = this.#names.get(knob);
    return name === undefined ? knob.value : (this.#current.get(name) as T);
  };

  #latest(): Map<string, InputValue> {
    return new Map([...this.#handles].map(([name, knob]) => [name, this.#overrides.get(name) ?? knob.value]));
  }
}
