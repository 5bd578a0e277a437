/** Which rows are selected for a comparison, in the order in which they were chosen; the first one is the baseline. */
import { MOST_COMPARED } from "../../server/runs/api.ts";

export function toggled(selected: readonly string[], key: string): readonly string[] {
  if (selected.includes(key)) return selected.filter((each) => each !== key);
  return selected.length < MOST_COMPARED ? [...selected, key] : selected;
}

export function withBaseline(selected: readonly string[], key: string): readonly string[] {
  return [key, ...selected.filter((each) => each !== key)].slice(0, MOST_COMPARED);
}
