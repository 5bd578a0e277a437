/**
 * The editor of a code cell, which exists only while the cell is near the visible part of the page, and longer while it
 * holds something: unsent text, a history to undo, the focus. Asking for the editor makes it at once.
 */
import type { LitElement, ReactiveController } from "lit";
import type { Editor } from "../editor/editor.ts";
import { whenFramesAllow } from "../look/frame-queue.ts";
import { type Nearness, NearnessController } from "../look/nearness.ts";

export class LazyEditor implements ReactiveController {
  isMounted = false;
  readonly #host: LitElement;
  readonly #connect: (editor: Editor) => () => void;
  #disconnect: (() => void) | undefined;
  #takeBack: (() => void) | undefined;

  /** @param connect connects an editor with the session; returns the function that ends the connection */
  constructor(host: LitElement, connect: (editor: Editor) => () => void) {
    this.#host = host;
    this.#connect = connect;
    host.addController(this);
    new NearnessController(host, (nearness) => this.#moved(nearness));
  }

  get editor(): Editor | null {
    return this.#host.renderRoot?.querySelector("pal-editor") ?? null;
  }

  /** Makes the editor, if there is none. */
  async mount(): Promise<Editor | null> {
    this.#mount();
    await this.#host.updateComplete;
    await this.editor?.updateComplete;
    return this.editor;
  }

  hostConnected(): void {
    this.#bind();
  }

  hostUpdated(): void {
    this.#bind();
  }

  hostDisconnected(): void {
    this.#takeBack?.();
    this.#disconnect?.();
    this.#disconnect = undefined;
  }

  #moved(nearness: Nearness): void {
    this.#takeBack?.();
    this.#takeBack = undefined;
    if (nearness === "near" && !this.isMounted) this.#takeBack = whenFramesAllow(() => this.mount());
    if (nearness === "far") this.#unmount();
  }

  #mount(): void {
    if (this.isMounted) return;
    this.#takeBack?.();
    this.#takeBack = undefined;
    this.isMounted = true;
    this.#host.requestUpdate();
  }

  #unmount(): void {
    if (!this.isMounted || this.editor?.isIdle === false) return;
    this.#disconnect?.();
    this.#disconnect = undefined;
    this.isMounted = false;
    this.#host.requestUpdate();
  }

  #bind(): void {
    const { editor } = this;
    if (this.isMounted && editor) this.#disconnect ??= this.#connect(editor);
  }
}
