/** What the thinning is told and what it answers. */
import type { PlotOptions } from "../values.ts";

export type Thinned =
  /** `note`: a sentence about lines that lost more than what cannot be seen. */
  | { readonly kind: "some"; readonly indices: readonly number[]; readonly note?: string }
  | { readonly kind: "all" }
  | { readonly kind: "too-many"; readonly message: string };

/** How many columns a line is cut into, and how its axes place them. */
export type Resolution = { readonly columns: number; readonly scales: PlotOptions };
