/** The badge of a record: what its certificate says. */
import { css, html, type TemplateResult } from "lit";
import type { RecordBadge } from "../../server/runs/types.ts";

export const badgeStyles = css`
  .badge,
  .tag {
    display: inline-block;
    padding: 0.0625rem 0.5rem;
    border-radius: 999px;
    background: var(--surface);
    color: var(--muted);
    font-size: 0.75rem;
    white-space: nowrap;
  }
  .badge.good {
    background: var(--wash);
    color: var(--accent);
  }
  .badge.bad {
    background: var(--danger-wash);
    color: var(--danger);
  }
`;

export function recordBadge({ verdict, verified }: Pick<RecordBadge, "verdict" | "verified">): TemplateResult {
  const title =
    verified === undefined ? "palimpsest verify repeats it and compares every number" : `Verified ${day(verified)}`;
  return html`<span class="badge ${verdict === "different" ? "bad" : verdict ? "good" : ""}" title=${title}>${verdict ?? "not verified"}</span>`;
}

/** ISO 8601 → "2026-11-29 10:07 UTC". */
export function day(time: string): string {
  return `${time.slice(0, 16).replace("T", " ")} UTC`;
}
