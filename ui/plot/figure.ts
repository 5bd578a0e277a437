/** Calls Observable Plot with a prepared drawing. */
import * as ObservablePlot from "@observablehq/plot";
import { secureLinks } from "../look/links.ts";
import { allowedOptions } from "./allowed-options.ts";
import type { Drawing } from "./drawing.ts";

type MarkMaker = (...given: readonly unknown[]) => ObservablePlot.Markish;
const isMaker = (value: unknown): value is MarkMaker => typeof value === "function";
const isMark = (name: string): boolean => /^[a-z][a-zA-Z]*$/.test(name) && name !== "plot";

/**
 * @param page the document that the figure is made for; an export has one without a browser
 * @throws when Plot has no such mark or cannot draw it
 */
export function figureOf(drawn: Drawing, page: Document = document): Element {
  const marks = drawn.marks.map(({ name, points, options }) => {
    const make: unknown = isMark(name) ? Reflect.get(ObservablePlot, name) : undefined;
    if (!isMaker(make)) throw new Error(`Observable Plot has no mark called ${name}.`);
    const allowed = allowedOptions(options);
    return points ? make(points, allowed) : make(allowed);
  });
  const figure = ObservablePlot.plot({
    ...allowedOptions(drawn.options),
    marks,
    document: page,
  } as ObservablePlot.PlotOptions);
  secureLinks(figure);
  return figure;
}
