/**
 * A large output. It is stored apart from the session's state; this fetches it when it comes near the visible part of the page
 * and draws it like any other output. The outputs fetched last are kept, so that scrolling back does not fetch them again.
 */
import { html, LitElement, type PropertyValues, type TemplateResult } from "lit";
import type { BlobOutput, Output } from "../../server/values.ts";
import { readAnswer, request } from "../session/http.ts";
import { SessionConsumer } from "../session/session-context.ts";

/** In characters of JSON text, over all outputs. */
const KEPT = 32_000_000;
const kept = new Map<string, { readonly output: Output; readonly bytes: number }>();

type Content =
  | { readonly status: "waiting" }
  | { readonly status: "shown"; readonly output: Output }
  | { readonly status: "failed"; readonly reason: string };

export class Blob extends LitElement {
  static override properties = { output: { attribute: false }, draw: { attribute: false }, content: { state: true } };
  declare output: BlobOutput;
  /** How an output is drawn. */
  declare draw: (output: Output) => TemplateResult;
  declare private content: Content;
  readonly #session = new SessionConsumer(this);
  #observer: IntersectionObserver | undefined;

  constructor() {
    super();
    this.content = { status: "waiting" };
  }

  /** Outputs are styled by the component around them. */
  protected override createRenderRoot(): this {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) void this.#fetch();
      },
      { rootMargin: "600px" },
    );
    this.#observer.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer?.disconnect();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("output") || this.output.hash === changed.get("output")?.hash) return;
    const known = kept.get(this.output.hash);
    if (known) this.content = { status: "shown", output: known.output };
    // What it showed before stays until the new output is there, so that nothing jumps.
    else if (changed.get("output")) void this.#fetch();
  }

  protected override render(): TemplateResult {
    const { content } = this;
    switch (content.status) {
      case "shown":
        return this.draw(content.output);
      case "waiting":
        return html`<p class="waiting" style="min-height: 12rem">Loading an output of ${(this.output.bytes / 1e6).toFixed(1)} MB…</p>`;
      case "failed":
        return html`<p>
          ${content.reason} <button class="quiet" @click=${() => void this.#fetch()}>Try again</button>
        </p>`;
    }
  }

  async #fetch(): Promise<void> {
    const { hash, bytes } = this.output;
    if (kept.has(hash) && this.content.status === "shown") return;
    try {
      const query = new URLSearchParams({ notebook: this.#session.value.state.path, hash });
      const output = await readAnswer<Output>(await request(`/api/blob?${query}`, {}));
      keep(hash, { output, bytes });
      if (hash === this.output.hash) this.content = { status: "shown", output };
    } catch (error) {
      if (hash === this.output.hash) this.content = { status: "failed", reason: (error as Error).message };
    }
  }
}

function keep(hash: string, entry: { readonly output: Output; readonly bytes: number }): void {
  kept.delete(hash);
  kept.set(hash, entry);
  let total = 0;
  for (const { bytes } of kept.values()) total += bytes;
  for (const [oldest, { bytes }] of kept) {
    if (total <= KEPT || oldest === hash) break;
    kept.delete(oldest);
    total -= bytes;
  }
}

customElements.define("pal-blob", Blob);
