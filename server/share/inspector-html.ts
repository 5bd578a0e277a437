/** A value as a tree of `details` elements, which open without a script. */
import type { Inspected } from "../values.ts";
import { type Markup, markup } from "./markup.ts";

/** How many items an entry shows on its own line. */
const PREVIEWED = 6;

export function inspectorHtml(value: Inspected, name?: string): Markup {
  const key = name === undefined ? "" : markup`<span class="key">${name}</span>: `;
  const children = childrenOf(value);
  if (children.length === 0) return markup`<div>${key}${summary(value, 0)}</div>`;
  const more = sizeOf(value) - children.length;
  return markup`<details><summary>${key}${summary(value, PREVIEWED)}</summary><div class="children">${children.map(([name, each]) => inspectorHtml(each, name))}${more > 0 ? markup`<div class="rest">… ${more} more</div>` : ""}</div></details>`;
}

function childrenOf(value: Inspected): readonly (readonly [string, Inspected])[] {
  if (value.kind === "list") return value.items.map((each, i) => [String(i), each] as const);
  return value.kind === "record" ? value.entries : [];
}

function sizeOf(value: Inspected): number {
  return value.kind === "list" ? value.length : value.kind === "record" ? value.size : 0;
}

/** The value on one line, with at most `previewed` of its items. */
function summary(value: Inspected, previewed: number): Markup {
  switch (value.kind) {
    case "primitive":
      return markup`<span class="${value.type}">${value.text}</span>`;
    case "function":
      return markup`<span>ƒ ${value.name || "anonymous"}</span>`;
    case "opaque":
      return markup`<span>${value.text}</span>`;
    case "list": {
      const items = value.items.slice(0, previewed).map((each, i) => markup`${i ? ", " : ""}${summary(each, 0)}`);
      const cut = value.length > items.length;
      return markup`<span class="rest">${value.name}(${value.length})</span> [${items}${cut ? (items.length ? ", …" : "…") : ""}]`;
    }
    case "record": {
      const entries = value.entries
        .slice(0, previewed)
        .map(([key, each], i) => markup`${i ? ", " : ""}<span class="key">${key}</span>: ${summary(each, 0)}`);
      const cut = value.size > entries.length;
      const name = value.name === "Object" ? "" : `${value.name} `;
      return markup`<span class="rest">${name}</span>{${entries}${cut ? (entries.length ? ", …" : "…") : ""}}`;
    }
    default:
      return value satisfies never;
  }
}
