/** The badge of a record: what its certificate says. */
import { html, type TemplateResult } from "lit";
import type { RecordBadge } from "../../server/runs/types.ts";

export function recordBadge({ verdict, verified }: Pick<RecordBadge, "verdict" | "verified">): TemplateResult {
  const title =
    verified === undefined ? "palimpsest verify repeats it and compares every number" : `Verified ${day(verified)}`;
  return html`<span class="badge ${verdict === "different" ? "bad" : verdict ? "good" : ""}" title=${title}>${verdict ?? "not verified"}</span>`;
}

/** ISO 8601 → "2026-11-29 10:07 UTC". */
export function day(time: string): string {
  return `${time.slice(0, 16).replace("T", " ")} UTC`;
}
