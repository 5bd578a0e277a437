/**
 * Links in what a cell shows. Notebooks come from other people, so a link there never takes the workbench away: it opens a
 * new tab that cannot reach this one, it says where it leads, and addresses that run code are no links at all. It works in any
 * document, also in one that an export makes without a browser.
 */
const XLINK = "http://www.w3.org/1999/xlink";
const SVG = "http://www.w3.org/2000/svg";

/** Holds all links inside an output. Links inside of it that only point to a place in the page are left alone. */
export function secureLinks(root: ParentNode): void {
  for (const link of root.querySelectorAll("a, area")) secureLink(link);
}

export function secureLink(link: Element): void {
  const address = addressOf(link);
  if (address?.startsWith("#") && !isInSvg(link)) return;
  const target = address === null ? undefined : safeAddress(address, link.baseURI);
  link.removeAttributeNS(XLINK, "href");
  if (target === undefined || link.localName === "area") {
    for (const attribute of ["href", "target", "ping", "download"]) link.removeAttribute(attribute);
    return;
  }
  link.setAttribute("href", target);
  link.setAttribute("target", "_blank");
  link.setAttribute("rel", "noopener noreferrer");
  link.removeAttribute("ping");
  link.removeAttribute("download");
  sayWhere(link, target);
}

/** Stops a click on a link that is not held: the last barrier, in case a link appears after `secureLinks`. */
export function guardLinks(event: Event): void {
  for (const each of event.composedPath()) {
    if (each === event.currentTarget) return;
    if (!(each instanceof Element) || !/^(?:a|area)$/i.test(each.localName)) continue;
    const address = addressOf(each);
    if (address === null || (address.startsWith("#") && !isInSvg(each))) continue;
    if (each.getAttribute("target") !== "_blank" || safeAddress(address, each.baseURI) === undefined)
      event.preventDefault();
  }
}

function isInSvg({ namespaceURI }: Element): boolean {
  return namespaceURI === SVG;
}

function addressOf(link: Element): string | null {
  return link.getAttribute("href") ?? link.getAttributeNS(XLINK, "href");
}

/** The whole address, or undefined if a click would do something other than open a page. */
function safeAddress(address: string, base: string): string | undefined {
  try {
    const { protocol, href } = new URL(address, base);
    return protocol === "http:" || protocol === "https:" ? href : undefined;
  } catch {
    return undefined;
  }
}

function sayWhere(link: Element, target: string): void {
  if (!isInSvg(link)) {
    if (!link.getAttribute("title")) link.setAttribute("title", target);
    return;
  }
  if (link.querySelector("title")) return;
  const title = link.ownerDocument.createElementNS(SVG, "title");
  title.textContent = target;
  link.append(title);
}
