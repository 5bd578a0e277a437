/** What counts as equal, how a record is repeated, and what a record may not say. */
import { describe, expect, it } from "vitest";
import { canonicalJson } from "../../../server/records/canonical-json.ts";
import { Comparison } from "../../../server/records/comparison.ts";
import { compareOutputs } from "../../../server/records/output-comparison.ts";
import type { ExperimentRecord, RecordedRunInfo } from "../../../server/records/record.ts";
import { redacted, secretsOf } from "../../../server/records/redaction.ts";
import { planOf } from "../../../server/records/replay.ts";
import { allowedDifference, isTiming, toleranceOf } from "../../../server/records/tolerance.ts";

describe("a comparison", () => {
  const place = { run: "r", step: 5 };

  it("is identical only if all bits are, whatever the speed was", () => {
    const comparison = new Comparison();
    comparison.row(
      "rows",
      place,
      { step: 5, loss: 0.5, tokensPerSecond: 1 },
      { step: 5, loss: 0.5, tokensPerSecond: 9 },
    );
    expect(comparison.verdict).toBe("identical");
    comparison.row("rows", place, { loss: 0.5 }, { loss: 0.5000000000000001 });
    expect([comparison.verdict, comparison.first?.column]).toEqual(["different", "loss"]);
  });

  it("keeps the first difference that the tolerance does not allow", () => {
    const comparison = new Comparison();
    comparison.strictness = "tolerance";
    comparison.row("rows", place, { loss: 0.5, gradNorm: 1 }, { loss: 0.500001, gradNorm: 1.00001 });
    expect(comparison.verdict).toBe("within tolerance");
    comparison.row("rows", { run: "r", step: 6 }, { loss: 0.5 }, { loss: 0.6 });
    comparison.row("rows", { run: "r", step: 7 }, { loss: 0.5 }, { loss: 0.7 });
    expect(comparison.first).toEqual({ run: "r", step: 6, column: "loss", recorded: 0.5, now: 0.6 });
    expect(comparison.curve.map(({ step }) => step)).toEqual([5, 6, 7]);
  });

  it("takes a number that is missing, or not finite on one side, for a difference", () => {
    for (const now of [{}, { loss: Number.NaN }]) {
      const comparison = new Comparison();
      comparison.strictness = "tolerance";
      comparison.row("rows", place, { loss: 1 }, now);
      expect(comparison.verdict).toBe("different");
    }
    const both = new Comparison();
    both.row("rows", place, { loss: null }, { loss: Number.NaN });
    expect(both.verdict).toBe("identical");
  });

  it("allows more from step to step, up to a limit", () => {
    const at = (step: number) => allowedDifference(toleranceOf("rows", "loss"), step, 1);
    expect(at(100)).toBeGreaterThan(5 * at(1));
    expect(at(1e9)).toBe(at(1e8));
    expect(allowedDifference(toleranceOf("rows", "learningRate"), 1e9, 1)).toBeLessThan(1e-11);
    expect(["tokensPerSecond", "seconds", "ms", "tokens per second"].map(isTiming)).toEqual([true, true, true, true]);
    expect(["loss", "items", "terms", "general"].map(isTiming)).toEqual([false, false, false, false]);
  });

  it("of outputs ignores columns of times, and names the cell and the place of what differs", () => {
    const table = (loss: number, rate: number) =>
      [
        {
          cell: "c",
          outputs: [{ kind: "table", columns: ["loss", "tokensPerSecond"], rows: [[loss, rate]], total: 1 }],
        },
      ] as const;
    const how = { cells: new Set(["c"]), step: 1 };
    const same = new Comparison();
    compareOutputs(same, table(1, 5), table(1, 6), how);
    expect(same.verdict).toBe("identical");
    const other = new Comparison();
    compareOutputs(other, table(1, 5), table(2, 5), how);
    expect(other.first).toEqual({ run: "c", step: 1, column: "outputs.0.rows.0.0", recorded: 1, now: 2 });
  });
});

describe("a plan", () => {
  const run = (id: string, more: Partial<RecordedRunInfo> = {}): RecordedRunInfo => ({
    ...{ id, cell: id, nth: 0, method: "m", steps: 100, status: "done", config: {}, knobs: {}, after: [] },
    ...{ changes: [], checkpoints: [20, 40, 60] },
    ...more,
  });
  const plan = (runs: RecordedRunInfo[], coverage: Parameters<typeof planOf>[2]) =>
    planOf(
      { status: "done", runs } as unknown as ExperimentRecord,
      new Map(runs.map(({ id }) => [id, 100])),
      coverage,
      "d",
    );

  it("turns knobs where they were turned, and leaves out pauses, rewinds and alerts", () => {
    const knob = { kind: "knob", step: 30, name: "weight", value: 2 } as const;
    const others = [{ kind: "pause", step: 3 } as const, { kind: "rewind", step: 9, to: 3 } as const];
    const [round] = plan([run("a", { changes: [...others, knob] })], { kind: "all" });
    expect(round!.replay).toEqual([{ cell: "a", nth: 0, knobs: {}, changes: [knob] }]);
  });

  it("of the beginning stops each run there, and lets those end that a later run has used", () => {
    const [round] = plan([run("a"), run("b", { after: ["a"] })], { kind: "steps", steps: 7 });
    const stops = round!.replay.map(({ cell, changes }) => [cell, changes]);
    expect(stops).toEqual([
      ["a", []],
      ["b", [{ kind: "stop", step: 7 }]],
    ]);
    expect(round!.targets.map(({ from, to }) => [from, to])).toEqual([
      [0, 7],
      [0, 7],
    ]);
  });

  it("of segments chooses the same for the same record, continues at a checkpoint, and never twice", () => {
    const chosen = (count: number) => plan([run("a")], { kind: "segments", segments: count });
    const stretches = chosen(9).flatMap(({ targets }) => targets.map(({ from, to }) => [from, to]));
    expect(stretches.sort(([a = 0], [b = 0]) => a - b)).toEqual([
      [0, 20],
      [20, 40],
      [40, 60],
      [60, 100],
    ]);
    expect(chosen(2)).toEqual(chosen(9).slice(0, 2));
    const continued = chosen(9).find(({ targets }) => targets[0]!.from === 20)!;
    expect(continued.replay).toEqual([
      { cell: "a", nth: 0, knobs: {}, changes: [{ kind: "stop", step: 40 }], continues: "a" },
    ]);
  });
});

it("canonical JSON does not depend on the order of keys, and keeps every number", () => {
  expect(canonicalJson({ b: [1, { d: undefined, c: "é" }], a: 0.1, 10: null })).toBe(
    '{"10":null,"a":0.1,"b":[1,{"c":"é"}]}',
  );
});

it("redaction replaces places, the longest first, and secrets; it leaves longer names alone", () => {
  const places = new Map([
    ["/home/ada", "~"],
    ["/home/ada/work", "."],
  ]);
  const secrets = secretsOf({ HF_TOKEN: "abcdefgh1", PATH: "/usr/bin:/bin", OPENAI_API_KEY: "short" });
  const text = "/home/ada/work/a.ts /home/ada/b /home/adam /home/ada/workshop abcdefgh1";
  expect(redacted(text, { places, secrets })).toBe("./a.ts ~/b /home/adam ~/workshop <HF_TOKEN>");
  const short = { places: new Map([["/tmp", "~"]]), secrets };
  const paths = 'data/tmp/a.tsv ./tmp/b "/tmp/c" file:///tmp/d /tmp';
  expect(redacted(paths, short)).toBe('data/tmp/a.tsv ./tmp/b "~/c" file://~/d ~');
});
