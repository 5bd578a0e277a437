/** Links that download runs in the formats of other programs. */
import { html, type TemplateResult } from "lit";

const FORMATS = [
  ["csv", "runs", "runs as CSV"],
  ["csv", "rows", "rows as CSV"],
  ["csv", "probes", "probes as CSV"],
  ["parquet", "rows", "rows as Parquet"],
  ["json", "rows", "everything as JSON"],
  ["tensorboard", "rows", "TensorBoard event files"],
] as const;

/** @param keys all runs if there are none */
export function exportLinks(keys: readonly string[]): readonly TemplateResult[] {
  return FORMATS.map(([format, table, label]) => {
    const query = new URLSearchParams([["format", format], ["table", table], ...keys.map((key) => ["run", key])]);
    return html`<a href=${`/api/runs/export?${query}`} download data-export="${format} ${table}">${label}</a>`;
  });
}
