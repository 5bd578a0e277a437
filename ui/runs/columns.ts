/** The columns of the list. Those of settings and measures are found by themselves: what differs, and what was measured. */
import { html, nothing, type TemplateResult } from "lit";
import { fieldOf } from "../../server/runs/fields.ts";
import { bandOfRow, type ListRow } from "../../server/runs/fold.ts";
import { measureNames } from "../../server/runs/measures.ts";
import { differingSettings } from "../../server/runs/settings.ts";
import type { RunSummary } from "../../server/runs/types.ts";
import { bytes, duration, figure } from "../../server/state/quantity.ts";
import { since } from "../look/time.ts";
import { sparkline } from "./sparkline.ts";

export type Column = {
  /** The name of the field that it shows; the list is sorted by it. */
  readonly field: string;
  readonly label: string;
  /** In pixels. */
  readonly width: number;
  readonly kind: "text" | "number" | "curve";
  readonly cell: (row: ListRow) => TemplateResult | string | typeof nothing;
};

/** The most columns of settings and of measures; the others are in the details of a run. */
const MOST_SETTINGS = 8;
const MOST_MEASURES = 10;

const CURVES = [
  ["loss", "var(--series-1)"],
  ["forgetting", "var(--series-2)"],
  ["refusal", "var(--series-3)"],
] as const;

/** What no run has gets no column. */
export function columnsOf(runs: readonly RunSummary[]): readonly Column[] {
  const settings = differingSettings(runs).filter((name) => name !== "method" && name !== "digest");
  const measures = measureNames(runs).filter(
    ({ name }) => !["tokensPerSecond", "learningRate", "gradNorm"].includes(name),
  );
  return [
    { field: "status", label: "status", width: 96, kind: "text", cell: statusCell },
    ...CURVES.filter(([name]) => runs.some(({ curves }) => curves[name])).map(([name, color]) =>
      curveColumn(name, color),
    ),
    ...settings.slice(0, MOST_SETTINGS).map(settingColumn),
    ...measures.slice(0, MOST_MEASURES).map(({ table, name }) => measureColumn(table, name)),
    {
      field: "seed",
      label: "seed",
      width: 64,
      kind: "number",
      cell: ({ runs: all }) => span(all.map(({ seed }) => seed)),
    },
    { field: "step", label: "steps", width: 88, kind: "number", cell: stepCell },
    {
      field: "seconds",
      label: "time",
      width: 92,
      kind: "number",
      cell: ({ runs: all }) => duration(sum(all, "seconds") * 1000),
    },
    { field: "bytes", label: "disk", width: 76, kind: "number", cell: ({ runs: all }) => bytes(sum(all, "bytes")) },
    {
      field: "notebook",
      label: "notebook",
      width: 150,
      kind: "text",
      cell: ({ runs: [first] }) => first?.notebook ?? "",
    },
    {
      field: "started",
      label: "started",
      width: 104,
      kind: "text",
      cell: ({ runs: [first] }) => since(first?.started ?? 0, Date.now()),
    },
    { field: "record", label: "record", width: 128, kind: "text", cell: recordCell },
  ];
}

function curveColumn(name: "loss" | "forgetting" | "refusal", color: string): Column {
  const field = name === "loss" ? "losses.loss" : name === "refusal" ? "probes.refusal" : "probes.general";
  return {
    field,
    label: name,
    width: 100,
    kind: "curve",
    cell: ({ runs }) =>
      sparkline(
        name,
        runs.map(({ curves }) => curves[name]),
        color,
      ),
  };
}

function settingColumn(name: string): Column {
  const cell = ({ runs: [first] }: ListRow): string => valueText(fieldOf(first!, `settings.${name}`));
  return { field: `settings.${name}`, label: name, width: 108, kind: "number", cell };
}

function measureColumn(table: "losses" | "probes", name: string): Column {
  const cell = (row: ListRow): TemplateResult | string => {
    const band = bandOfRow(row, table, name);
    if (!band) return "–";
    if (row.kind === "run") return figure(rounded(band.mean));
    const range = `${figure(rounded(band.low))} to ${figure(rounded(band.high))} over ${band.seeds} seeds`;
    return html`<span title=${range}>${figure(rounded(band.mean))}<small> ±${figure(rounded((band.high - band.low) / 2))}</small></span>`;
  };
  return { field: `${table}.${name}`, label: name, width: 124, kind: "number", cell };
}

function statusCell({ runs }: ListRow): TemplateResult {
  const statuses = [...new Set(runs.map(({ status }) => status))];
  return html`<span class="status ${statuses[0] ?? ""}">${statuses.join(", ")}</span>`;
}

function stepCell({ runs: [first] }: ListRow): string {
  if (!first) return "";
  return first.step === first.steps ? String(first.steps) : `${first.step}/${first.steps}`;
}

function recordCell({ runs }: ListRow): TemplateResult | typeof nothing {
  const badges = runs.flatMap(({ record }) => record ?? []);
  const [first] = badges;
  if (!first) return nothing;
  const verdict = badges.find((each) => each.verdict === "different")?.verdict ?? first.verdict;
  const title = `Record ${first.id}${first.verified ? `, verified ${first.verified.slice(0, 10)}` : ", not verified yet"}`;
  return html`<span class="badge ${verdict === "different" ? "bad" : verdict ? "good" : ""}" title=${title}>${verdict ?? "recorded"}</span>`;
}

/** A list of seeds: "1–5", or "1, 4". */
function span(numbers: readonly number[]): string {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  const [low, high] = [sorted[0] ?? 0, sorted.at(-1) ?? 0];
  return sorted.length > 2 && high - low === sorted.length - 1 ? `${low}–${high}` : sorted.join(", ");
}

function sum(runs: readonly RunSummary[], field: "seconds" | "bytes"): number {
  return runs.reduce((total, run) => total + run[field], 0);
}

export function valueText(value: unknown): string {
  if (value === undefined || value === null) return "–";
  return typeof value === "number" ? figure(value) : String(value);
}

/** Four significant digits are enough to compare by eye. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
