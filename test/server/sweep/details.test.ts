/** What the page shows of a sweep: states while a command works at it, rows with their place at the front, heat maps of two inputs. */
import { describe, expect, it } from "vitest";
import { shownStatus, summaryOf, tablesOf } from "../../../server/sweep/details.ts";
import type { Order } from "../../../server/sweep/order.ts";
import type { ReportedEntry } from "../../../server/sweep/report.ts";

const ORDER: Order = {
  ...{ notebook: "n.ts", snapshot: "s", created: 1, started: 2, entries: [] },
  arguments: { grid: [], range: [], set: [], on: "local" },
};
function entry(settings: ReportedEntry["settings"], seed: number, change: Partial<ReportedEntry> = {}): ReportedEntry {
  const rank = Number(settings.rank);
  const results = [{ method: "m", chrf: rank + seed, ter: rank, general: -rank * rank }];
  return { id: "i", settings, seed, status: "done", results, record: "/w/.palimpsest/records/r", ...change };
}
const ENTRIES = [2, 4].flatMap((rank) =>
  [0, 1].flatMap((weight) => ["a", "b"].map((tone) => entry({ rank, weight, tone, steps: 9 }, 1))),
);
const keyOf = (folder: string): string | undefined => (folder.startsWith("/w/") ? folder.slice(3) : undefined);

describe("the states", () => {
  it("say that what is not done waits while a command runs", () => {
    const states = ["done", "failed", "running", "waiting", "interrupted", "missing"] as const;
    expect(states.map((state) => shownStatus(state, "running"))).toEqual([
      ...["done", "failed", "running", "waiting", "waiting", "waiting"],
    ]);
    expect(states.map((state) => shownStatus(state, "none"))).toEqual(states);
  });

  it("make a sweep active while a command or an entry runs, or an entry is in a queue", () => {
    const active = (status: ReportedEntry["status"], command: "running" | "none"): string =>
      summaryOf("k", "n.ts", ORDER, [entry({ rank: 2 }, 1, { status })], command).active;
    expect([active("done", "none"), active("missing", "none"), active("interrupted", "none")]).toEqual([
      "no",
      "no",
      "no",
    ]);
    expect([active("running", "none"), active("waiting", "none"), active("done", "running")]).toEqual([
      ...["yes", "yes", "yes"],
    ]);
  });

  it("come with the inputs that vary, or with all that were set where none varies", () => {
    const inputs = (entries: readonly ReportedEntry[]) => summaryOf("k", "n.ts", ORDER, entries, "none").inputs;
    expect(inputs(ENTRIES).map(({ name, values }) => [name, ...values])).toEqual([
      ["rank", "2", "4"],
      ["weight", "0", "1"],
      ["tone", "a", "b"],
    ]);
    expect(inputs([entry({ rank: 2 }, 1), entry({ rank: 2 }, 2)])).toEqual([{ name: "rank", values: ["2"] }]);
  });
});

describe("the tables", () => {
  it("mark the front of the recognised columns, or of those that were chosen", () => {
    const two = [entry({ rank: 2 }, 1), entry({ rank: 4 }, 1), entry({ rank: 8 }, 1, { status: "failed" })];
    const shown = tablesOf(two, "none", {}, keyOf);
    expect([shown.axes?.map(({ column }) => column), shown.rows.map(({ place }) => place)]).toEqual([
      ["chrf", "general"],
      ["front", "front"],
    ]);
    const chosen = tablesOf(two, "none", { axes: ["chrf", "-general"] }, keyOf);
    expect(chosen.rows.map(({ place }) => place)).toEqual(["behind", "front"]);
    expect(tablesOf(two, "none", { axes: ["chrf", "nothing"] }, keyOf).rows.map(({ place }) => place)).toEqual([
      ...["none", "none"],
    ]);
  });

  it("have heat maps of the first two inputs, or of chosen ones, as means over the others", () => {
    const { heats } = tablesOf(ENTRIES, "none", {}, keyOf);
    expect(heats.map(({ measure, rows, columns }) => [measure, rows.name, columns.name])).toEqual(
      ["chrf", "ter", "general"].map((measure) => [measure, "rank", "weight"]),
    );
    expect(heats[0]!.cells.map((line) => line.map((cell) => cell?.mean))).toEqual([
      [3, 3],
      [5, 5],
    ]);
    const chosen = tablesOf(ENTRIES, "none", { heat: ["tone", "rank"] }, keyOf).heats[0]!;
    expect([chosen.rows, chosen.columns]).toEqual([
      { name: "tone", values: ["a", "b"] },
      { name: "rank", values: ["2", "4"] },
    ]);
    expect(chosen.cells.map((line) => line.map((cell) => cell?.level))).toEqual([
      [0, 1],
      [0, 1],
    ]);
    expect(tablesOf(ENTRIES, "none", { heat: ["tone", "nothing"] }, keyOf).heats[0]!.rows.name).toBe("rank");
  });

  it("name a record by its key, and none outside of the workspace", () => {
    const [inside, outside] = tablesOf(
      [entry({ rank: 2 }, 1), entry({ rank: 4 }, 1, { record: "/etc" })],
      "none",
      {},
      keyOf,
    ).entries;
    expect([inside!.record, outside!.record]).toEqual([".palimpsest/records/r", undefined]);
    expect(JSON.stringify(outside)).not.toContain("/etc");
  });
});
