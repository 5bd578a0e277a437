/** The bar above a notebook: its name, what to run and when, and how kernel, memory and connection are. */

import { css, html, LitElement, type TemplateResult } from "lit";
import { outdated } from "../../server/state/freshness.ts";
import { blockerOf } from "../../server/state/state.ts";
import { controls } from "../look/controls.ts";
import { icon } from "../look/icon.ts";
import { presentTheme, switchTheme } from "../look/theme.ts";
import type { Session } from "../session/session.ts";
import type { Link } from "../session/socket.ts";
import { Subscription } from "../session/subscription.ts";
import "./run-confirmation.ts";
import { statusDotStyles } from "./status-dot.ts";
import "./kernel-panel.ts";
import "./memory-panel.ts";

export class Bar extends LitElement {
  static override properties = { session: { attribute: false }, name: { attribute: false } };
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
      [data-action="run-stale"] {
        min-width: 7.5rem;
      }
      [aria-pressed="true"] {
        color: var(--accent);
        border-color: var(--accent);
        background: var(--wash);
      }
      [data-action="theme"] {
        margin-left: auto;
      }
      .link {
        min-width: 6.5rem;
      }
    `,
  ];

  declare session: Session;
  declare name: string;

  constructor() {
    super();
    new Subscription(
      this,
      () => this.session,
      ({ state, link, loaded }) => [state.settings, link, loaded, busy(state), stale(state)],
    );
  }

  protected override render(): TemplateResult {
    const { state } = this.session;
    const outdated = stale(state);
    const { lazy } = state.settings;
    return html`<header>
      <a class="home" href="/">Palimpsest</a>
      <span class="name" title=${state.path}>${this.name}</span>
      <button class=${lazy && outdated > 0 ? "" : "primary"} data-action="run-all" @click=${() => this.#run("all")}>${icon("run")} Run all</button>
      <button
        class=${lazy && outdated > 0 ? "primary" : ""}
        data-action="run-stale"
        ?disabled=${outdated === 0}
        title="Run what is stale or has not run"
        @click=${() => this.#run("stale")}
      >
        Run stale${outdated > 0 ? ` (${outdated})` : ""}
      </button>
      <button data-action="stop" ?disabled=${!busy(state)} @click=${() => this.session.ask({ type: "stop" })}>${icon("stop")} Stop</button>
      <button
        data-action="lazy"
        aria-pressed=${lazy}
        title=${lazy ? "Lazy: a change marks what depends on it stale and runs nothing" : "A change runs what depends on it; press to only mark it stale"}
        @click=${() => this.session.ask({ type: "settings", lazy: !lazy })}
      >
        Lazy
      </button>
      <pal-kernel .session=${this.session}></pal-kernel>
      <pal-memory .session=${this.session}></pal-memory>
      ${this.#link(this.session.link)}
      <button class="quiet icon" data-action="theme" aria-label="Switch to ${presentTheme() === "dark" ? "light" : "dark"}" title="Light or dark" @click=${this.#theme}>
        ${icon(presentTheme() === "dark" ? "light" : "dark")}
      </button>
    </header><pal-asks .session=${this.session}></pal-asks>`;
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
        return html`<span class="state bad link" data-link="gone" title=${link.reason}><i class="dot"></i> no connection
          <button class="link" @click=${() => this.session.reconnect()}>try again</button></span>`;
      default:
        return link satisfies never;
    }
  }

  #run(cells: "all" | "stale"): void {
    this.dispatchEvent(new Event("before-run"));
    void this.session.ask({ type: "run", cells });
  }

  #theme(): void {
    switchTheme();
    this.requestUpdate();
  }
}

type State = Session["state"];

function busy(state: State): boolean {
  return state.cells.some((each) => each.status === "running" || each.status === "queued");
}

/** How many cells "Run stale" would run: manual ones wait to be asked by name, and some cannot run. */
function stale(state: State): number {
  return state.cells.filter((each) => {
    const why = blockerOf(each)?.why;
    const cannot = why === "error" || why === "disabled";
    return each.analysis !== undefined && each.cell.mode !== "manual" && !cannot && outdated(each);
  }).length;
}

customElements.define("pal-bar", Bar);
