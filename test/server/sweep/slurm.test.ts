/** What is handed to Slurm, and what is read from it. `test/cluster` does the same with a real Slurm. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withTask } from "../../../server/sweep/slurm.ts";
import { batchFile, commandLine, quoted, TEMPLATE } from "../../../server/sweep/slurm-batch.ts";
import { readTasks, type TaskState, taskText } from "../../../server/sweep/slurm-queue.ts";

describe("the batch file", () => {
  it("hands each entry's words to its command as they are, whatever they contain", () => {
    const words = fc.array(
      fc.string({ unit: "grapheme" }).filter((word) => !word.includes("\0")),
      { minLength: 1 },
    );
    const odd = ["it's", "a b", '$HOME `id` "x"', "two\nlines\ttab", "back\\slash", "Önund → ok", "", "'\n'"];
    const seen = (list: readonly string[]): string[] => {
      const line = `printf '%s\\0' ${list.map(quoted).join(" ")}`;
      expect(line.split("\n")).toHaveLength(1);
      return execFileSync("bash", ["-c", `eval "$(cat)"`], { input: line, encoding: "utf8" }).split("\0").slice(0, -1);
    };
    expect(seen(odd)).toEqual(odd);
    fc.assert(
      fc.property(words, (list) => {
        expect(seen(list)).toEqual(list);
      }),
      { numRuns: 30 },
    );
  });

  it("runs the line of its task, once, and writes what it says to the entry's log", () => {
    const folder = mkdtempSync(join(tmpdir(), "it's a batch-"));
    const files = (at: number) => ({ result: join(folder, `result ${at}`), log: join(folder, `log ${at}`) });
    const commands = [0, 1].map((at) =>
      commandLine(
        ["bash", "-c", `echo $$ ${at}; echo said >&2; echo x > '${files(at).result.replace("'", "'\\''")}'`],
        files(at),
      ),
    );
    writeFileSync(join(folder, "commands"), commands.map((line) => `${line}\n`).join(""));
    writeFileSync(join(folder, "batch.sh"), batchFile(TEMPLATE, join(folder, "commands")));
    const run = (): string =>
      execFileSync("bash", [join(folder, "batch.sh")], {
        encoding: "utf8",
        env: { ...process.env, SLURM_ARRAY_TASK_ID: "1", SLURM_ARRAY_JOB_ID: "7", SLURM_RESTART_COUNT: "2" },
      });
    expect([run(), run()]).toEqual(["", ""]);
    expect(readFileSync(files(1).log, "utf8")).toBe("--- job 7 task 1, restart 2\nsaid\n");
    expect(() => readFileSync(files(0).log)).toThrow("ENOENT");
  });

  it("refuses a template that does not name the commands", () => {
    expect(() => batchFile("#!/bin/bash\n", "/c")).toThrow(/does not contain \{\{commands\}\}/);
  });
});

describe("the queue", () => {
  it("is read by tasks of arrays; what is not such a task is left out", () => {
    const text =
      "3_0|RUNNING|None\n3_1|PENDING|Resources\n4|RUNNING|None\n5_2|CANCELLED by 1000\n6_[0-3]|PENDING|x\n\nslurm: hi\n";
    expect([...readTasks(text)]).toEqual([
      ["3_0", { kind: "running", state: "RUNNING", reason: "None" }],
      ["3_1", { kind: "waiting", state: "PENDING", reason: "Resources" }],
      ["5_2", { kind: "ended", state: "CANCELLED", reason: "" }],
    ]);
    expect([...readTasks("7_1|RUNNING|None|/a folder|b\n")]).toEqual([
      ["7_1", { kind: "running", state: "RUNNING", reason: "None", folder: "/a folder|b" }],
    ]);
    expect([...readTasks(text).values()].map(taskText)).toEqual(["RUNNING", "PENDING (Resources)", "CANCELLED"]);
  });

  it("is read whatever it says", () => {
    fc.assert(fc.property(fc.string(), (text) => void readTasks(text)));
  });

  const open = { results: [], record: null } as const;
  const task = (kind: TaskState["kind"], state: string): TaskState => ({ kind, state, reason: "None" });
  it.each([
    ["done", task("running", "COMPLETING"), "done"],
    ["failed", task("ended", "FAILED"), "failed"],
    ["missing", task("waiting", "PENDING"), "waiting"],
    ["interrupted", task("waiting", "PENDING"), "waiting"],
    ["interrupted", task("running", "RUNNING"), "running"],
    ["interrupted", task("ended", "TIMEOUT"), "interrupted"],
    ["missing", task("ended", "NODE_FAIL"), "failed"],
    ["missing", task("ended", "CANCELLED"), "missing"],
    ["running", undefined, "running"],
  ] as const)("an entry that is %s by its files, with the task %j, is %s", (status, found, expected) => {
    expect(withTask({ ...open, status }, found).status).toBe(expected);
  });
});
