/** Sends values one at a time. Of the values that arrive during a request, only the latest is sent. */
export class LatestValue<Value> {
  readonly #send: (value: Value) => Promise<unknown>;
  readonly #idle: (last: Value) => void;
  #next: { readonly value: Value } | undefined;
  #sending = false;

  /** @param idle called with the last value when it has been answered */
  constructor(send: (value: Value) => Promise<unknown>, idle: (last: Value) => void) {
    this.#send = send;
    this.#idle = idle;
  }

  /** @param accepted what the receiver has now: an equal value is not sent */
  async push(value: Value, accepted: Value): Promise<void> {
    this.#next = { value };
    if (this.#sending) return;
    this.#sending = true;
    let sent = accepted;
    while (this.#next) {
      const { value: next }: { readonly value: Value } = this.#next;
      this.#next = undefined;
      if (next === sent) continue;
      sent = next;
      await this.#send(next);
    }
    this.#sending = false;
    this.#idle(sent);
  }
}
