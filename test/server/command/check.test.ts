/** `palimpsest check`: definitions, faults and warnings. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folder, inside, lastLine, notebook, type Outcome } from "./command-stage.ts";

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
