import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { main } from "../../../server/main.ts";
import { until } from "../until.ts";

const ENTRY = fileURLToPath(new URL("../../../server/palimpsest.mjs", import.meta.url));
const NOTEBOOK = `// %% knobs
import { input, report } from "palimpsest";
const n = input.number("n", { value: 4, min: 0, max: 100 });
const name = input.text("name", { value: "base" });

// %% result
report([{ method: name, twice: n * 2 }]);
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "command-"));
});

type Outcome = { code: number | null; out: string; err: string };

function palimpsest(
  args: readonly string[],
  drive?: (child: ReturnType<typeof spawn>, out: () => string) => void,
): Promise<Outcome> {
  const child = spawn(process.execPath, [ENTRY, ...args], { cwd: folder, env: { ...process.env, CI: "1" } });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  drive?.(child, () => out + err);
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, out, err })));
}

/** Runs the command line in this process, for commands that end before they start a kernel. Paths must be absolute. */
async function inside(args: readonly string[]): Promise<Outcome> {
  const streams = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, "write").mockReturnValue(true));
  const code = await main(args);
  const [out = "", err = ""] = streams.map((stream) => stream.mock.calls.map(([text]) => String(text)).join(""));
  for (const stream of streams) stream.mockRestore();
  return { code, out, err };
}

async function notebook(name: string, text: string | Buffer): Promise<string> {
  await writeFile(join(folder, name), text);
  return name;
}

function lastLine(outcome: Outcome): Record<string, unknown> {
  return JSON.parse(outcome.out.trim().split("\n").at(-1) ?? "");
}

describe("misuse gives exit code 2 and one line", () => {
  it.each([
    [["fly"], /no command "fly"/],
    [["run"], /Name a notebook: palimpsest run <notebook>/],
    [["run", "missing.ts"], /no file .*missing\.ts/],
    [["run", "knobs.ts", "--set", "rnak=4"], /no input rnak.*n, name, seed/],
    [["run", "knobs.ts", "--set", "n=many"], /n cannot be "many": it must be a number/],
    [["run", "knobs.ts", "--set", "n"], /name=value/],
    [["run", "knobs.ts", "--set", "seed=x"], /seed must be a whole number/],
    [["run", "knobs.ts", "--colour"], /--colour/],
    [["run", "knobs.ts", "--backend", "gpu"], /one of tensorflow, webgpu, wasm, cpu, not "gpu"/],
    [["run", "knobs.ts", "--memory", "much"], /--memory must be a size such as 6GB or 800MB, not "much"/],
    [["sweep"], /Name a notebook: palimpsest sweep <notebook>/],
    [["sweep", "knobs.ts"], /Say what to vary/],
    [["sweep", "knobs.ts", "--grid", "rnak=4,5"], /no input rnak.*n, name, seed/],
    [["sweep", "knobs.ts", "--grid", "n=4,many"], /n cannot be "many": it must be a number/],
    [["sweep", "knobs.ts", "--grid", "n=1,1"], /"1" twice/],
    [["sweep", "knobs.ts", "--grid", "n=1,2", "--set", "n=3"], /n is given twice/],
    [["sweep", "knobs.ts", "--grid", "seed=1,2"], /--seeds k/],
    [["sweep", "knobs.ts", "--seeds", "2", "--set", "seed=3"], /not both/],
    [["sweep", "knobs.ts", "--seeds", "many"], /whole number from 1 to 10000/],
    [["sweep", "knobs.ts", "--range", "n=1:9"], /--random n says how often/],
    [["sweep", "knobs.ts", "--grid", "n=1,2", "--random", "3"], /--range name=low:high/],
    [["sweep", "knobs.ts", "--range", "n=9:1", "--random", "3"], /low below high/],
    [["sweep", "knobs.ts", "--grid", "n=1,2", "--pareto", "chrf"], /name two columns/],
    [["sweep", "knobs.ts", "--grid", "n=1,2", "--on", "moon"], /--on must be .*not "moon"/],
    [["sweep", "knobs.ts", "--grid", "n=1,2", "--again", "abc"], /no entry abc/],
    [["start", "--memory", "0GB"], /--memory must be a size/],
    [["check"], /Name a notebook: palimpsest check <notebook>/],
    [["check", "knobs.ts", "knobs.ts"], /one notebook, not 2/],
    [["check", "missing.ts"], /no file .*missing\.ts/],
    [["check", "knobs.ts", "--fix"], /--fix/],
    [["start", "--port", "70000"], /1 to 65535, not "70000"/],
    [["start", "--port", "0"], /1 to 65535/],
    [["start", "nowhere"], /no folder/],
  ])("%j", async (args, message) => {
    await notebook("knobs.ts", NOTEBOOK);
    const { code, err } = await inside(args.map((word) => (word.endsWith(".ts") ? join(folder, word) : word)));
    expect(err).toMatch(message);
    expect(err.trim().split("\n")).toHaveLength(1);
    expect(code).toBe(2);
  });

  it("reports that a port is in use", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await until(() => other.listening);
    const address = other.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const { code, err } = await inside(["start", folder, "--no-open", "--port", String(port)]);
    expect([code, err.trim()]).toEqual([2, `palimpsest: Port ${port} is in use. Choose another with --port.`]);
    other.close();
  });
});

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

describe("check", () => {
  const checked = async (text: string, ...args: string[]): Promise<Outcome> =>
    inside(["check", join(folder, await notebook("check.ts", text)), ...args]);

  it("shows what cells define and use, without globals, and which depend on which", async () => {
    const outcome = await checked(
      `// %% [markdown]\n// # Title\n\n// %% use\ntotal += Math.max(n, rest.length) + typeof fetch;\n\n// %% own\nlet total = 0;\nfor (var n of [1]) console.log(__dirname, n);\n\n// %% rest\nconst [, ...rest] = process.argv, kind = typeof absent;\n`,
      "--json",
    );
    expect(lastLine(outcome)).toEqual({
      cells: [
        { id: "use", definitions: [], references: ["n", "rest", "total"], errors: [expect.anything()] },
        { id: "own", definitions: ["n", "total"], references: [], errors: [expect.anything(), expect.anything()] },
        { id: "rest", definitions: ["kind", "rest"], references: ["absent"], errors: [] },
      ],
      edges: [
        ["own", "use"],
        ["rest", "use"],
      ],
    });
    expect(outcome.code).toBe(1);
  });

  it("shows names and positions for every cell that can be parsed, whatever its errors are", async () => {
    const outcome = await checked(
      "// %% e\nconst n = 1;\nenum E { A = n }\n\n// %% a\nconst n = E.A, total = m;\n\n// %% torn\nconst b = ;\n\n// %% m\nconst m = total;\n  totl;\n",
      "--json",
    );
    const error = (kind: string, line: number, column: number, message: RegExp) => ({
      ...{ kind, line, column },
      message: expect.stringMatching(message),
    });
    const cells = [
      {
        ...{ id: "e", definitions: ["E", "n"], references: [] },
        errors: [error("unsupported", 2, 1, /const E = \{/), error("multiple-definition", 1, 7, /also defined in a\./)],
      },
      {
        ...{ id: "a", definitions: ["n", "total"], references: ["E", "m"] },
        errors: [
          error("multiple-definition", 1, 7, /also defined in e\./),
          error("cycle", 1, 24, /and m depend on each other/),
        ],
      },
      { id: "torn", definitions: [], references: [], errors: [error("syntax", 1, 11, /Unexpected `;`/)] },
      {
        ...{ id: "m", definitions: ["m"], references: ["total", "totl"] },
        errors: [
          error("cycle", 1, 11, /and a depend on each other/),
          error("unknown-name", 2, 3, /Did you mean total\?/),
        ],
      },
    ];
    const edges = [
      ["e", "a"],
      ["m", "a"],
      ["a", "m"],
    ];
    expect(lastLine(outcome)).toEqual({ cells, edges });
    expect(outcome.code).toBe(1);
  });

  it("warns of state that cells share by changing it, with exit code 0", async () => {
    const text = "// %% list\nconst losses: number[] = [];\n\n// %% push\nconst n = 1;\n  losses.push(n);\n";
    const { out, code } = await checked(text);
    expect(out).toContain("  warning at 2:3: This cell changes losses, which the cell list defines: losses.push(…).");
    expect(out).toContain("  warning at 1:7: The cell push changes losses, which is defined here");
    expect([code, out.trim().split("\n").at(-1)]).toEqual([0, `${join(folder, "check.ts")}: no errors, warnings in 2`]);
    const { cells } = lastLine(await checked(text, "--json")) as { cells: { warnings?: unknown[] }[] };
    expect(cells.map(({ warnings }) => warnings)).toEqual([
      [{ line: 1, column: 7, message: expect.stringMatching(/defined here/) }],
      [{ line: 2, column: 3, message: expect.stringMatching(/^This cell changes/) }],
    ]);
  });

  it("prints text for people, and gives exit code 0 without errors", async () => {
    const { out, code } = await checked(
      "// %% a\nconst a = 1;\ntype T = number;\n\n// %% b\nlet b: T = 2;\n\n// %% c\na + b\n",
    );
    const lines = [
      "a",
      "  defines a",
      "b",
      "  defines b",
      "  uses types of a",
      "c",
      "  uses a, b",
      "  depends on a, b",
    ];
    expect(out).toBe(`${lines.join("\n")}\n${join(folder, "check.ts")}: no errors\n`);
    expect(code).toBe(0);
  });

  it("fails on a notebook that cannot be read", async () => {
    const outcome = await checked("<<<<<<< ours\nconst a = 1;\n=======\n>>>>>>> theirs\n", "--json");
    expect(outcome.err).toMatch(/check\.ts: .*conflict markers/);
    expect(outcome.code).toBe(1);
  });
});

describe("start", () => {
  it("prints its address with the token, serves it, and gives exit code 0", async () => {
    await notebook("knobs.ts", NOTEBOOK);
    let answer = 0;
    const outcome = await palimpsest(["start", ".", "--no-open"], (child, out) => {
      void (async () => {
        await until(() => out().includes("?token="));
        const address = new URL(/http:\S+/.exec(out())?.[0] ?? "");
        const headers = { authorization: `Bearer ${address.searchParams.get("token")}` };
        answer = (await fetch(new URL("/api/notebooks", address), { headers })).status;
        child.kill("SIGTERM");
      })();
    });
    expect(answer).toBe(200);
    expect(outcome.out).toMatch(/^Palimpsest is running at http:\/\/127\.0\.0\.1:\d+\/\?token=\S{20,}\n$/);
    expect(outcome.code).toBe(0);
  });
});

it("prints its version and its commands", async () => {
  const { version } = JSON.parse(await readFile(new URL("../../../package.json", import.meta.url), "utf8"));
  expect((await palimpsest(["--version"])).out.trim()).toBe(version);
  expect((await inside(["--help"])).out).toMatch(/start[\s\S]+run[\s\S]+check[\s\S]+doctor/);
});
