/** `palimpsest run`: settings, outputs and failures. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { until } from "../until.ts";
import { folder, inside, lastLine, NOTEBOOK, notebook, palimpsest } from "./command-stage.ts";

describe("run", () => {
  it("uses the defaults of the code, the saved values only with --saved, and prints one object as the last line", async () => {
    const name = await notebook("a.ts", NOTEBOOK);
    await mkdir(join(folder, ".palimpsest", "inputs"), { recursive: true });
    await writeFile(join(folder, ".palimpsest", "inputs", "a.json"), '{"n": 7}');
    const outcome = await palimpsest(["run", name, "--json", "--backend", "cpu"]);
    expect(outcome.err).not.toMatch(/cell /);
    const results = [{ method: "base", twice: 8 }];
    const record = expect.stringMatching(/^\/.*\/\.palimpsest\/records\/[^/]+-a$/);
    expect(lastLine(outcome)).toEqual({ notebook: "a.ts", status: "done", runs: [], results, record });
    expect(outcome.code).toBe(0);
    const saved = await palimpsest(["run", name, "--json", "--saved", "--backend", "cpu"]);
    expect(lastLine(saved).results).toEqual([{ method: "base", twice: 14 }]);
  });

  it("prints what cells show under their names, shortened, large tables too; with --json nothing but the object", async () => {
    const source = `// %% counts
import { md, Plot, show, table } from "palimpsest";
show(md\`**3** bad rows\`, { kept: 7 });
table(Array.from({ length: 200 }, (_, n) => ({ n, text: "x".repeat(900) })));

// %% curve
Plot.plot({ marks: [Plot.lineY([1, 2]), Plot.ruleY([0])] });
`;
    const name = await notebook("shown.ts", source);
    const { out } = await palimpsest(["run", name, "--backend", "cpu"]);
    const lines = out.split("\n");
    expect(lines.slice(0, 4)).toEqual(["counts", "  **3** bad rows", "  {kept: 7}", "  n  text"]);
    expect(lines[4]).toBe(`  0  ${"x".repeat(59)}…`);
    expect(lines.slice(14)).toEqual([
      ...["  … 190 more", "", "curve", "  chart: 2 marks", "", "shown.ts: done"],
      ...[expect.stringMatching(/^record: \/.*-shown$/), ""],
    ]);
    const json = await palimpsest(["run", name, "--json", "--no-record", "--backend", "cpu"]);
    expect(JSON.parse(json.out)).toEqual({ notebook: "shown.ts", status: "done", runs: [], results: [] });
  });

  it("sets inputs by the names of their constants, and takes text as it is", async () => {
    const args = ["--set", "n=10", "--set", "name=12", "--set", "seed=3", "--json", "--backend", "cpu"];
    const outcome = await palimpsest(["run", await notebook("b.ts", NOTEBOOK), ...args]);
    expect(lastLine(outcome).results).toEqual([{ method: "12", twice: 20 }]);
  });

  it("refuses a value outside of the input's limits instead of changing it", async () => {
    const outcome = await palimpsest(["run", await notebook("c.ts", NOTEBOOK), "--set", "n=101", "--backend", "cpu"]);
    expect(outcome.err).toMatch(/n cannot be "101": it must be at most 100/);
    expect(outcome.code).toBe(2);
  });

  it("fails with the line and column of a failed cell", async () => {
    const name = await notebook(
      "e.ts",
      '// %% good\nconst good = typeof window;\n\n// %% bad\nconst x = good;\n  throw new Error("no luck");\n',
    );
    const outcome = await palimpsest(["run", name, "--json", "--backend", "cpu"]);
    expect(outcome.err).toMatch(/cell bad:2:\d+ .*no luck/);
    expect(lastLine(outcome)).toMatchObject({ status: "failed" });
    expect(outcome.code).toBe(1);
  });

  it("limits the memory of tensors", async () => {
    const source = '// %% a\nimport { tf } from "palimpsest";\nconst a = tf.fill([1e4, 1e4], 1);\n';
    const outcome = await palimpsest(["run", await notebook("m.ts", source), "--backend", "cpu", "--memory", "20MB"]);
    expect(outcome.err).toMatch(/cell a:2:\d+ .*400 MB does not fit: tensors may use 20\.0 MB/);
    expect(outcome.code).toBe(1);
  });

  it.each([
    ["const x = ;", /cell x:1:11 /],
    ["nowhere + 1", /cell x:?\S* .*nowhere/],
  ])("starts no cell if one has an error: %s", async (source, message) => {
    await notebook("f.ts", `// %% ok\nconsole.log("began");\n\n// %% x\n${source}\n`);
    const outcome = await inside(["run", join(folder, "f.ts"), "--json"]);
    expect(outcome.err).toMatch(message);
    expect(lastLine(outcome)).toMatchObject({ status: "failed", runs: [] });
    expect(outcome.code).toBe(1);
  });

  it("fails on a file that is not text", async () => {
    await notebook("g.ts", Buffer.from([0xff, 0, 0xfe, 0x80]));
    const outcome = await inside(["run", join(folder, "g.ts")]);
    expect(outcome.err).toMatch(/g\.ts: .*text/);
    expect(outcome.code).toBe(1);
  });

  it("stops when it is interrupted, and reports that", async () => {
    const name = await notebook(
      "h.ts",
      '// %% wait\nconsole.log("waiting");\nawait new Promise((end) => setTimeout(end, 60_000));\n',
    );
    const outcome = await palimpsest(["run", name, "--json", "--backend", "cpu"], (child, out) => {
      void until(() => out().includes("waiting")).then(() => child.kill("SIGINT"));
    });
    expect(lastLine(outcome)).toMatchObject({ status: "stopped" });
    expect(outcome.code).toBe(1);
  });
});
