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

type Verified = Pick<RecordBadge, "verdict" | "verified" | "covered">;

/** The verdict, and how much of the trainings it is about. */
export function verdictText({ verdict, covered }: Verified): string {
  if (!verdict) return "not verified";
  return covered ? `${verdict}, ${covered.steps} of ${covered.of} steps` : verdict;
}

export function recordBadge(record: Verified): TemplateResult {
  const { verdict, verified, covered } = record;
  const part = covered && ` Only ${COVERED[covered.kind]} compared; palimpsest verify without options compares all.`;
  const title =
    verified === undefined
      ? "palimpsest verify repeats it and compares every number"
      : `Verified ${day(verified)}.${part ?? ""}`;
  // What was only spot-checked does not look like what was compared as a whole.
  const tone = verdict === "different" ? "bad" : verdict && !covered ? "good" : "";
  return html`<span class="badge ${tone}" title=${title}>${verdictText(record)}</span>`;
}

const COVERED = { steps: "the beginning of each training was", segments: "stretches of the trainings were" };

/** ISO 8601 → "2026-11-29 10:07 UTC". */
export function day(time: string): string {
  return `${time.slice(0, 16).replace("T", " ")} UTC`;
}
