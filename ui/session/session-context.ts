/**
 * How a component gets the session of the notebook page that it is in, at any depth: the page provides it as a Lit context,
 * and each component that needs it creates a `SessionConsumer`.
 */
import { ContextConsumer, createContext } from "@lit/context";
import type { LitElement } from "lit";
import type { Session } from "./session.ts";
import { Subscription } from "./subscription.ts";

export const sessionContext = createContext<Session>(Symbol("session"));

export class SessionConsumer {
  readonly #consumer: ContextConsumer<typeof sessionContext, LitElement>;

  /**
   * @param select the parts of the session that the component shows; without it, the component is not redrawn by events
   * @param changed called when one of them changes; by default the component updates
   */
  constructor(host: LitElement, select?: (session: Session) => readonly unknown[], changed?: () => void) {
    this.#consumer = new ContextConsumer(host, { context: sessionContext });
    if (select) new Subscription(host, () => this.#consumer.value, select, changed);
  }

  /** The session. @throws outside a notebook page, and before the component is connected to one */
  get value(): Session {
    const { value } = this.#consumer;
    if (!value) throw new Error("This component is not inside a notebook page, so it has no session.");
    return value;
  }
}
