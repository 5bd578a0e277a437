/** Calls Observable Plot with a prepared drawing. */
import * as ObservablePlot from "@observablehq/plot";
import type { Drawing } from "./drawing.ts";

type MarkMaker = (...given: readonly unknown[]) => ObservablePlot.Markish;
const isMaker = (value: unknown): value is MarkMaker => typeof value === "function";

/** @throws when Plot has no such mark or cannot draw it */
export function figureOf(drawn: Drawing): Element {
  const marks = drawn.marks.map(({ name, points, options }) => {
    const make: unknown = Reflect.get(ObservablePlot, name);
    if (!isMaker(make)) throw new Error(`Observable Plot has no mark called ${name}.`);
    return points ? make(points, { ...options }) : make({ ...options });
  });
  return ObservablePlot.plot({ ...drawn.options, marks } as ObservablePlot.PlotOptions);
}
