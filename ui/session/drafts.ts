/**
 * Text that was typed and that the server has not confirmed yet. It is kept in the tab's session storage, so that it survives a
 * reload of the page while the server is gone. When the page is connected again, it is sent again.
 */
import type { Cell, CellId } from "../../server/notebook/types.ts";

export type Draft = {
  readonly kind: Cell["kind"];
  readonly text: string;
  /** The sources that the server may have: the one that the text was made from, and those that were sent without an answer. */
  readonly known: readonly string[];
};

/** How many unanswered sources are remembered. */
const KNOWN = 8;

export class Drafts {
  readonly #storage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  readonly #key: string;
  readonly #drafts: Map<CellId, Draft>;
  readonly #refused = new Set<CellId>();

  /** @param key names workspace and notebook: another workspace may be served at the same address later */
  constructor(storage: Pick<Storage, "getItem" | "setItem" | "removeItem">, key: string) {
    this.#storage = storage;
    this.#key = key;
    this.#drafts = read(storage, key);
  }

  get all(): ReadonlyMap<CellId, Draft> {
    return this.#drafts;
  }

  /** The server refused one of them, so that waiting does not save it. */
  get someRefused(): boolean {
    return this.#refused.size > 0;
  }

  /** @param source what the session has for the cell now */
  typed({ id, kind, source }: Cell, text: string): void {
    const before = this.#drafts.get(id);
    const known = before ? [...before.known, before.text].slice(-KNOWN) : [source];
    this.#refused.delete(id);
    this.#set(id, { kind, text, known });
  }

  /** Continues from another source, with this text. */
  replace(cell: CellId, draft: Draft): void {
    this.#set(cell, draft);
  }

  /** The server has this text. */
  confirmed(cell: CellId, text: string): void {
    const draft = this.#drafts.get(cell);
    if (!draft) return;
    if (draft.text === text) this.discard(cell);
    else this.#set(cell, { ...draft, known: [text, ...draft.known.slice(draft.known.lastIndexOf(text) + 1)] });
  }

  refused(cell: CellId): void {
    this.#refused.add(cell);
  }

  discard(cell: CellId): void {
    this.#refused.delete(cell);
    this.#drafts.delete(cell);
    this.#store();
  }

  #set(cell: CellId, draft: Draft): void {
    this.#drafts.set(cell, draft);
    this.#store();
  }

  #store(): void {
    try {
      if (this.#drafts.size === 0) this.#storage.removeItem(this.#key);
      else this.#storage.setItem(this.#key, JSON.stringify([...this.#drafts]));
    } catch {
      // The storage is full or forbidden: the text is then only in the page, which warns before it is left.
    }
  }
}

function read(storage: Pick<Storage, "getItem">, key: string): Map<CellId, Draft> {
  try {
    return new Map(JSON.parse(storage.getItem(key) ?? "[]") as [CellId, Draft][]);
  } catch {
    return new Map();
  }
}

/** The key of a notebook's drafts. Another workspace may be served at the same address later, so the key names the workspace. */
export function draftsKey(path: string): string {
  const workspace = document.querySelector<HTMLMetaElement>('meta[name="workspace"]')?.content ?? "";
  return `palimpsest-drafts ${workspace} ${path}`;
}
