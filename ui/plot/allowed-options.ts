/**
 * The options of a chart as they may reach Observable Plot. Notebooks come from other people, so a chart must stay in its
 * place: of styles only those of text and colour are taken, class names of this page's own styles are not, and links are
 * handled where the chart is drawn. Values that JSON does not have get their types back.
 */
import type { PlotOptions, PlotValue } from "../../server/values.ts";
import { plain } from "./points.ts";

type Plain = unknown;

const FORBIDDEN = new Set(["className", "document", "target", "imageFilter", "marks"]);
const STYLES =
  /^(?:color|background(?:-color)?|font(?:-[a-z]+)*|letter-spacing|word-spacing|line-height|text-(?:align|transform|decoration)|padding(?:-[a-z]+)?|border(?:-[a-z]+)*|border-radius|opacity|fill|stroke|--plot-background)$/;
const LOADS = /url\s*\(|image-set|expression|@import|[\\<>]/i;

export function allowedOptions(options: PlotOptions): Record<string, Plain> {
  const allowed: Record<string, Plain> = {};
  for (const [name, value] of Object.entries(options)) {
    if (FORBIDDEN.has(name)) continue;
    // The names in `channels` are the notebook's own.
    if (name === "channels") allowed[name] = deeply(value, false);
    else allowed[name] = name === "style" ? allowedStyle(value) : deeply(value, true);
  }
  return allowed;
}

function deeply(value: PlotValue, isOptions: boolean): Plain {
  if (Array.isArray(value)) return value.map((each: PlotValue) => deeply(each, isOptions));
  if (typeof value !== "object" || value === null) return value;
  if ("$date" in value || "$number" in value || "$bigint" in value) return plain(value as Parameters<typeof plain>[0]);
  const options = value as PlotOptions;
  if (isOptions) return allowedOptions(options);
  return Object.fromEntries(Object.entries(options).map(([name, each]) => [name, deeply(each, false)]));
}

/** A style as an object of allowed properties. */
export function allowedStyle(style: PlotValue): Readonly<Record<string, string>> {
  const declared: readonly (readonly [string, unknown])[] =
    typeof style === "string"
      ? style.split(";").map((each) => {
          const colon = each.indexOf(":");
          return [each.slice(0, colon).trim(), each.slice(colon + 1).trim()] as const;
        })
      : typeof style === "object" && style !== null
        ? Object.entries(style)
        : [];
  const allowed: Record<string, string> = {};
  for (const [name, value] of declared) {
    const property = name.startsWith("--") ? name : name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const text = typeof value === "number" || typeof value === "string" ? String(value) : "";
    if (STYLES.test(property.toLowerCase()) && text !== "" && !LOADS.test(text)) allowed[property.toLowerCase()] = text;
  }
  return allowed;
}
