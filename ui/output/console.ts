/**
 * The console of a cell. Lines come at the end and go at the start, so a batch costs what is new in it: the lines that are
 * there already stay as they are.
 */
import { css, LitElement } from "lit";
import type { ConsoleLine } from "../../server/events.ts";

/** Characters of a line that are shown. */
const LINE_CHARACTERS = 20_000;

export class Console extends LitElement {
  static override properties = { lines: { attribute: false } };
  static override styles = css`
    :host {
      /* Reversed, so that the newest line stays in view without a script. */
      display: flex;
      flex-direction: column-reverse;
      max-height: 16rem;
      overflow: auto;
      padding-left: 0.75rem;
      border-left: 2px solid var(--hairline);
      font: 0.8125rem / 1.55 var(--mono);
      color: var(--muted);
      overflow-wrap: anywhere;
    }
    :host(:focus-visible) {
      outline: 2px solid var(--accent);
    }
    .lines > * {
      white-space: pre-wrap;
    }
    .warn {
      color: var(--warn);
    }
    .error {
      color: var(--danger);
    }
  `;

  declare lines: readonly ConsoleLine[];
  readonly #box = document.createElement("div");
  #drawn: readonly ConsoleLine[] = [];

  constructor() {
    super();
    this.lines = [];
    this.#box.className = "lines";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.role = "log";
    this.ariaLabel = "Console";
    this.tabIndex = 0;
  }

  protected override render(): Element {
    const { lines } = this;
    // The state keeps the objects of lines. So the first one tells how many have gone since the last drawing, and what
    // differs after it was written over, as progress bars do with the last line.
    const gone = lines.length > 0 ? this.#drawn.indexOf(lines[0]!) : -1;
    let kept = 0;
    if (gone >= 0) while (kept < lines.length && this.#drawn[gone + kept] === lines[kept]) kept++;
    if (kept === 0) this.#box.replaceChildren();
    else {
      for (let i = 0; i < gone; i++) this.#box.firstChild?.remove();
      while (this.#box.childElementCount > kept) this.#box.lastChild?.remove();
    }
    this.#box.append(...lines.slice(kept).map(elementOf));
    this.#drawn = lines;
    return this.#box;
  }
}

function elementOf({ level, text }: ConsoleLine): Element {
  const line = document.createElement("div");
  line.className = level;
  if (level === "warn" || level === "error") {
    const word = document.createElement("b");
    word.textContent = level;
    line.append(word, " ");
  }
  const more = text.length - LINE_CHARACTERS;
  line.append(more > 0 ? `${text.slice(0, LINE_CHARACTERS)}… (${more} more characters)` : text);
  return line;
}

customElements.define("pal-console", Console);
