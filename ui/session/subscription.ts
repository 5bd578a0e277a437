/**
 * Redraws a component when the part of the session that it shows changes: after each batch of events the selected values
 * are compared with the last ones. So rows that arrive for one chart cost the other cells nothing.
 */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { Session } from "./session.ts";

export class Subscription implements ReactiveController {
  readonly #current: () => Session | undefined;
  readonly #select: (session: Session) => readonly unknown[];
  readonly #changed: () => void;
  #selected: readonly unknown[] = [];
  #session: Session | undefined;
  #unsubscribe: (() => void) | undefined;

  /**
   * @param current the session of the moment; asked again at each update of the host
   * @param select the values to compare, by identity
   * @param changed called when one of them is another one; by default the host updates
   */
  constructor(
    host: ReactiveControllerHost,
    current: () => Session | undefined,
    select: (session: Session) => readonly unknown[],
    changed: () => void = () => host.requestUpdate(),
  ) {
    this.#current = current;
    this.#select = select;
    this.#changed = changed;
    host.addController(this);
  }

  hostConnected(): void {
    this.#attach();
  }

  hostUpdate(): void {
    this.#attach();
  }

  hostDisconnected(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    this.#session = undefined;
  }

  #attach(): void {
    const session = this.#current();
    if (!session || session === this.#session) return;
    this.#unsubscribe?.();
    this.#session = session;
    this.#selected = this.#select(session);
    this.#unsubscribe = session.subscribe(() => {
      const now = this.#select(session);
      if (now.length === this.#selected.length && now.every((each, i) => each === this.#selected[i])) return;
      this.#selected = now;
      this.#changed();
    });
  }
}
