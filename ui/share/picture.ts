/** A chart as a picture that looks the same outside of the page: its colours are values, and it has its legend. */
import type { Series } from "./chart-view.ts";

const SVG = "http://www.w3.org/2000/svg";
/** In pixels. */
const LEGEND_HEIGHT = 24;
const LETTER_WIDTH = 6.5;
/** Of a PNG. */
const PIXELS_PER_PIXEL = 2;

/** @param drawn the chart on the screen. @returns the text of an SVG file */
export function svgText(drawn: SVGSVGElement, series: readonly Series[]): string {
  const copy = drawn.cloneNode(true) as SVGSVGElement;
  for (const tip of copy.querySelectorAll('[aria-label="tip"]')) tip.remove();
  const colors = new Colors(drawn);
  const [width, height] = [drawn.viewBox.baseVal.width, drawn.viewBox.baseVal.height];
  const top = series.length > 0 ? LEGEND_HEIGHT : 0;
  copy.setAttribute("xmlns", SVG);
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height + top));
  copy.setAttribute("viewBox", `0 ${-top} ${width} ${height + top}`);
  copy.setAttribute("font-family", "system-ui, sans-serif");
  copy.setAttribute("font-size", "11");
  copy.style.color = colors.of("var(--ink)");
  copy.style.setProperty("--plot-background", colors.of("var(--page)"));
  copy.prepend(
    element("rect", { x: 0, y: -top, width, height: height + top, fill: colors.of("var(--page)") }),
    ...legend(series, colors, top),
  );
  for (const each of copy.querySelectorAll("*"))
    for (const { name, value } of each.attributes)
      if (value.includes("var(--")) each.setAttribute(name, colors.resolved(value));
  return new XMLSerializer().serializeToString(copy);
}

export async function pngOf(svg: string): Promise<Blob> {
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth * PIXELS_PER_PIXEL;
    canvas.height = image.naturalHeight * PIXELS_PER_PIXEL;
    canvas.getContext("2d")!.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) => {
      canvas.toBlob((made) => (made ? resolve(made) : reject(new Error("The picture cannot be made."))), "image/png");
    });
  } finally {
    URL.revokeObjectURL(address);
  }
}

function legend(series: readonly Series[], colors: Colors, top: number): SVGElement[] {
  let x = 8;
  return series.flatMap(({ name, color }) => {
    const swatch = element("rect", { x, y: 6 - top, width: 10, height: 10, rx: 2, fill: colors.of(color) });
    const text = element("text", { x: x + 15, y: 15 - top, fill: colors.of("var(--ink)") });
    text.textContent = name;
    x += 30 + name.length * LETTER_WIDTH;
    return [swatch, text];
  });
}

function element(name: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

/** The colours of variables, as the page shows them now. */
class Colors {
  readonly #probe: HTMLElement;

  constructor(near: Element) {
    this.#probe = document.createElement("span");
    (near.parentElement ?? document.body).append(this.#probe);
    queueMicrotask(() => this.#probe.remove());
  }

  of(color: string): string {
    this.#probe.style.color = color;
    return getComputedStyle(this.#probe).color;
  }

  resolved(value: string): string {
    return value.replace(/var\(--[\w-]+\)/g, (name) => this.of(name));
  }
}
