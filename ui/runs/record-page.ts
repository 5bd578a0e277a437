/** The page of one record, at `/records/one?record=`: what is in it, what its certificate says, and what can be done with it. */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import type { OpenedNotebook, RecordDetails } from "../../server/runs/records.ts";
import { bytes } from "../../server/state/quantity.ts";
import { controls } from "../look/controls.ts";
import { icon } from "../look/icon.ts";
import { notebookAddress } from "../look/notebook-address.ts";
import "../look/theme-button.ts";
import "../share/share-button.ts";
import { archiveAddress, openRecord, readRecord } from "../session/records.ts";
import { pageHeaderStyles } from "./page-header-styles.ts";
import { badgeStyles, day, recordBadge } from "./record-badge.ts";
import { recordsStyles } from "./records-styles.ts";

/** What of an environment tells the kind of machine. */
const MACHINE = ["backend", "processor", "gpu", "threads", "system", "node"];
const COVERAGE = { all: "all steps", steps: "the beginning of each training", segments: "stretches of the trainings" };

export class RecordPage extends LitElement {
  static override properties = {
    record: { state: true },
    fault: { state: true },
    opened: { state: true },
    copied: { state: true },
  };
  static override styles = [controls, pageHeaderStyles, badgeStyles, recordsStyles];

  declare record: RecordDetails | undefined;
  declare fault: string | undefined;
  /** Shown if something is missing; otherwise the page goes to the notebook. */
  declare opened: OpenedNotebook | undefined;
  declare copied: "no" | "yes";

  constructor() {
    super();
    this.copied = "no";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = "Record · Palimpsest";
    document.addEventListener("visibilitychange", this.#load);
    void this.#load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("visibilitychange", this.#load);
  }

  protected override render(): TemplateResult {
    return html`<header>
        <a class="home" href="/">Palimpsest</a>
        <p class="place"><a href="/records" data-link-to="records">records</a></p>
        <a href="/runs">Runs</a>
        <a href="/sweeps">Sweeps</a>
        <pal-theme-button></pal-theme-button>
      </header>
      <main aria-busy=${this.record === undefined && this.fault === undefined}>
        <div role="alert">${this.fault ? html`<p class="fault">${this.fault}</p>` : nothing}</div>
        ${this.record ? this.#content(this.record) : nothing}
      </main>`;
  }

  #content(record: RecordDetails): TemplateResult {
    const { key, id, name, note, notebook, created, status, seed, command } = record;
    return html`<h1 class="title">${name === "" ? id : name}</h1>
      <p>${recordBadge(record)} <span class="muted">${notebook}, ${day(created)}, ${status === "done" ? "ran to its end" : status}, seed ${seed}</span></p>
      ${note === "" ? nothing : html`<p class="note">${note}</p>`}
      <div class="buttons">
        <button class="primary" data-action="open-notebook" title="Makes a notebook of it in a folder of its own. Nothing runs." @click=${this.#open}>Open as a notebook</button>
        <a class="button" data-action="download" href=${archiveAddress(key)} download>Download as one file</a>
        <pal-share-button .target=${{ record: key }}></pal-share-button>
        <button data-action="copy-command" @click=${this.#copy}>${icon("copy")} ${this.copied === "yes" ? "Copied" : "Copy the verify command"}</button>
      </div>
      <p><code>${command}</code></p>
      ${this.#opened()} ${certificate(record)} ${contents(record)}`;
  }

  #opened(): TemplateResult | typeof nothing {
    if (!this.opened) return nothing;
    const { notebook, missing } = this.opened;
    return html`<p role="status">
      <a href=${notebookAddress(notebook)} data-link-to="opened">${notebook}</a> was made. The record has only the digests of ${missing.join(", ")}: put them
      there before you run it.
    </p>`;
  }

  readonly #load = async (): Promise<void> => {
    if (document.hidden) return;
    const key = new URLSearchParams(location.search).get("record") ?? "";
    await this.#attempt(async () => {
      this.record = await readRecord(key);
      document.title = `${this.record.name || this.record.id} · Palimpsest`;
    });
  };

  readonly #open = (): Promise<void> =>
    this.#attempt(async () => {
      const opened = await openRecord(this.record!.key);
      if (opened.missing.length > 0) this.opened = opened;
      else location.assign(notebookAddress(opened.notebook));
    });

  readonly #copy = (): Promise<void> =>
    this.#attempt(async () => {
      await navigator.clipboard.writeText(this.record!.command).catch(() => {
        throw new Error("The browser does not allow copying. Select the command below.");
      });
      this.copied = "yes";
    });

  /** Does something and shows the error when it fails. */
  async #attempt(act: () => Promise<void>): Promise<void> {
    try {
      await act();
      this.fault = undefined;
    } catch (reason) {
      this.fault = reason instanceof Error ? reason.message : String(reason);
    }
  }
}

function certificate({ certificate: found, digest }: RecordDetails): TemplateResult {
  const sealed = digest === undefined ? html`<p>It was cut off before its end, so it has no digest.</p>` : nothing;
  if (!found)
    return html`<section class="certificate" data-certificate="none">${sealed}
      <p>Not verified yet. The command above repeats it and compares every number; then the verdict is shown here.</p>
      ${digest === undefined ? nothing : definitions([["digest", digest]])}</section>`;
  const { verdict, verified, coverage, environment } = found;
  const machine = MACHINE.flatMap((name) => (environment[name] ? [`${name} ${environment[name]}`] : []));
  return html`<section class="certificate" data-certificate=${verdict}>
    ${definitions([
      ["verdict", verdict],
      ["verified", day(verified)],
      ["compared", COVERAGE[coverage]],
      ["machine", machine.join(", ")],
      ["digest", found.digest],
    ])}
  </section>`;
}

function contents({ inputs, trainings, data, models, cells, environment }: RecordDetails): TemplateResult {
  const values = Object.entries(inputs).map(([name, value]) => [name, JSON.stringify(value)] as const);
  const unfinished = cells.filter(({ status }) => status !== "done");
  return html`<h2>Trainings</h2>
    ${trainings.length === 0 ? html`<p class="muted">None.</p>` : trainingTable(trainings)}
    <h2>Inputs</h2>
    ${values.length === 0 ? html`<p class="muted">None.</p>` : definitions(values)}
    <h2>Cells</h2>
    <p>${cells.length === 1 ? "1 cell" : `${cells.length} cells`}${unfinished.length === 0 ? ", all done" : `; not done: ${unfinished.map(({ id, status }) => `${id} (${status})`).join(", ")}`}.</p>
    <h2>Models and data</h2>
    ${models.length + data.length === 0 ? html`<p class="muted">None.</p>` : nothing}
    ${definitions([
      ...models.map(({ name, origin }) => [name, ORIGIN[origin]] as const),
      ...data.map(
        ({ path, bytes: size, included }) => [path, `${bytes(size)}${included ? "" : ", only its digest"}`] as const,
      ),
    ])}
    <h2>Environment</h2>
    ${definitions(Object.entries(environment))}`;
}

const ORIGIN = {
  shipped: "model of Palimpsest, by its digests",
  outside: "model outside of the workspace, by its digests",
  workspace: "model in the workspace",
};

function trainingTable(trainings: RecordDetails["trainings"]): TemplateResult {
  return html`<div class="scroll"><table>
    <thead><tr><th>training</th><th>cell</th><th>steps</th><th>status</th><th>turns of knobs</th></tr></thead>
    <tbody>
      ${trainings.map(
        ({ id, method, cell, steps, status, changes }) =>
          html`<tr data-training=${id}><td class="text">${method} <span class="muted">${id}</span></td><td>${cell}</td><td>${steps}</td><td>${status}</td><td>${changes}</td></tr>`,
      )}
    </tbody>
  </table></div>`;
}

function definitions(entries: readonly (readonly [string, string])[]): TemplateResult {
  return html`<dl>${entries.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

customElements.define("pal-record", RecordPage);
