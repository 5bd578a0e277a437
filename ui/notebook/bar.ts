/** The bar above a notebook: its name, the buttons that run and stop it, and the states of kernel, memory and connection. */
import { css, html, LitElement, type TemplateResult } from "lit";
import type { CellId } from "../../server/notebook/types.ts";
import type { SessionState } from "../../server/state/state.ts";
import { wanted } from "../../server/state/targets.ts";
import { controls } from "../look/controls.ts";
import { icon } from "../look/icon.ts";
import "../look/theme-button.ts";
import "../share/share-button.ts";
import { SessionConsumer } from "../session/session-context.ts";
import type { Link } from "../session/socket.ts";
import "./kernel-panel.ts";
import "./memory-panel.ts";
import "./run-confirmation.ts";
import "./save-experiment.ts";
import "./start-sweep.ts";
import { statusDotStyles } from "./status-dot.ts";

export class Bar extends LitElement {
  static override properties = { name: { attribute: false } };
  static override styles = [
    controls,
    statusDotStyles,
    css`
      :host {
        position: sticky;
        top: 0;
        z-index: 10;
        display: block;
        background: color-mix(in srgb, var(--page) 92%, transparent);
        backdrop-filter: blur(8px);
        border-bottom: 1px solid var(--hairline);
      }
      header {
        display: flex;
        align-items: center;
        flex-wrap: wrap;
        gap: 0.375rem 0.5rem;
        min-height: 3.25rem;
        padding: 0.375rem 1.25rem;
      }
      .home {
        font-weight: 650;
        text-decoration: none;
        color: var(--ink);
      }
      .name {
        flex: 1;
        min-width: 6rem;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        color: var(--muted);
        font-size: var(--code);
      }
      .name::before {
        content: "/";
        margin: 0 0.375rem;
        color: var(--edge);
      }
      .runs {
        font-size: var(--small);
      }
      [data-action="run-stale"] {
        min-width: 7.5rem;
      }
      [aria-pressed="true"] {
        color: var(--accent);
        border-color: var(--accent);
        background: var(--wash);
      }
      pal-theme-button {
        margin-left: auto;
      }
      .link {
        min-width: 6.5rem;
      }
      /* Two rows: what it is and how it is, then what can be done. A word is dropped where its dot says the same. */
      @media (max-width: 40rem) {
        header {
          gap: 0.25rem;
          padding: 0.25rem 1rem 0.375rem;
        }
        header > button {
          padding: 0 0.5rem;
        }
        header::after {
          content: "";
          order: 1;
          flex-basis: 100%;
        }
        header > button,
        pal-save-experiment,
        pal-start-sweep,
        pal-share-button,
        .runs {
          order: 2;
        }
        .name {
          min-width: 3rem;
        }
        .word {
          display: none;
        }
        [data-action="run-stale"],
        .link.good {
          min-width: 0;
        }
        .link.good {
          gap: 0;
          font-size: 0;
        }
        pal-theme-button {
          margin-left: 0;
        }
      }
    `,
  ];

  declare name: string;
  readonly #session = new SessionConsumer(this, ({ state, link, loaded }) => [
    state.settings,
    link,
    loaded,
    isBusy(state),
    staleCount(state),
  ]);

  protected override render(): TemplateResult {
    const { state, link } = this.#session.value;
    const stale = staleCount(state);
    const { lazy } = state.settings;
    return html`<header>
      <a class="home" href="/">Palimpsest</a>
      <span class="name" title=${state.path}>${this.name}</span>
      <button class=${lazy && stale > 0 ? "" : "primary"} data-action="run-all" @click=${() => this.#run("all")}>${icon("run")} Run all</button>
      <button
        class=${lazy && stale > 0 ? "primary" : ""}
        data-action="run-stale"
        ?disabled=${stale === 0}
        aria-label="Run stale${stale > 0 ? ` (${stale})` : ""}"
        title="Run the cells that are stale or have not run"
        @click=${() => this.#run("stale")}
      >
        <span class="word">Run </span>stale${stale > 0 ? ` (${stale})` : ""}
      </button>
      <button data-action="stop" aria-label="Stop" ?disabled=${!isBusy(state)} @click=${() => this.#session.value.send({ type: "stop" })}>${icon("stop")}<span class="word"> Stop</span></button>
      <button
        data-action="lazy"
        aria-pressed=${lazy}
        title=${lazy ? "Lazy: a change only marks the dependent cells as stale" : "A change runs the dependent cells. Press to mark them as stale instead."}
        @click=${() => this.#session.value.send({ type: "settings", lazy: !lazy })}
      >
        Lazy
      </button>
      <pal-save-experiment></pal-save-experiment>
      <pal-start-sweep></pal-start-sweep>
      <pal-share-button .target=${{ notebook: state.path }}></pal-share-button>
      <a class="runs" href=${`/runs?filter=${encodeURIComponent(`notebook:${state.path}`)}`} title="The runs of this notebook and of all others">Runs</a>
      <pal-kernel></pal-kernel>
      <pal-memory></pal-memory>
      ${this.#link(link)}
      <pal-theme-button></pal-theme-button>
    </header><pal-run-confirmation></pal-run-confirmation>`;
  }

  #link(link: Link): TemplateResult {
    switch (link.status) {
      case "live":
        return html`<span class="state good link" data-link="live"><i class="dot"></i> connected</span>`;
      case "connecting":
        return html`<span class="state wait link" data-link="connecting"><i class="dot"></i> connecting</span>`;
      case "reconnecting":
        return html`<span class="state wait link" data-link="reconnecting" title="Attempt ${link.attempt}"><i class="dot"></i> reconnecting</span>`;
      case "gone":
        return html`<span class="state bad link" data-link="gone" title=${link.reason}><i class="dot"></i> not connected
          <button class="link" @click=${() => this.#session.value.reconnect()}>try again</button></span>`;
      default:
        return link satisfies never;
    }
  }

  #run(cells: "all" | "stale"): void {
    this.dispatchEvent(new Event("before-run"));
    void this.#session.value.send({ type: "run", cells });
  }
}

function isBusy(state: SessionState): boolean {
  return state.cells.some((each) => each.status === "running" || each.status === "queued");
}

/** How many cells "Run stale" would run. */
function staleCount(state: SessionState): number {
  const isBlocked = (id: CellId): boolean => {
    const why = state.blockers.get(id)?.why;
    return why === "error" || why === "disabled";
  };
  return [...wanted(state, "stale")].filter((id) => !isBlocked(id)).length;
}

customElements.define("pal-bar", Bar);
