/**
 * Decides when a change counts. While the user moves a control, the value is a draft: it is shown, and only a live input
 * sends it. Letting go commits it. A held arrow key makes a slider report a change at each repeat; of those, only the last
 * counts, when the key is released.
 */
export class Gesture<Value> {
  readonly #draft: (value: Value) => void;
  readonly #commit: (value: Value) => void;
  readonly #isLive: () => boolean;
  /** A key that is down, with the value that it has reached. */
  #key: { readonly reached?: Value } | undefined;

  /** @param draft shows a value @param commit shows a value and sends it */
  constructor(draft: (value: Value) => void, commit: (value: Value) => void, isLive: () => boolean) {
    this.#draft = draft;
    this.#commit = commit;
    this.#isLive = isLive;
  }

  move(value: Value): void {
    if (this.#isLive()) this.#commit(value);
    else this.#draft(value);
  }

  release(value: Value): void {
    if (this.#key && !this.#isLive()) this.#key = { reached: value };
    else this.#commit(value);
  }

  readonly keyDown = (): void => {
    this.#key ??= {};
  };

  /** Also when the control loses the focus, since the key may come up elsewhere. */
  readonly keyUp = (): void => {
    const key = this.#key;
    this.#key = undefined;
    if (key?.reached !== undefined) this.#commit(key.reached);
  };
}
