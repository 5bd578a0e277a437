/** Tasks are graded as lm-evaluation-harness grades them: IFEval's checks, GSM8K's numbers, and the choice by likelihood. */
import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import { looseForms, passes } from "../../../../cells/measure/tasks/checks.ts";
import { mostLikely } from "../../../../cells/measure/tasks/choices.ts";
import { instructionFile } from "../../../../cells/measure/tasks/instruction-file.ts";
import { matches } from "../../../../cells/measure/tasks/matching.ts";
import { type BareHost, bareHost } from "../../bare-host.ts";

type Golden = {
  readonly answers: readonly string[];
  readonly instructions: readonly { id: string; kwargs: object; strict: boolean[]; loose: boolean[] }[];
  readonly numbers: { golds: string[]; answers: string[]; right: boolean[][] };
  readonly choices: readonly { choices: string[]; lls: number[]; acc: number; accNorm: number; accBytes: number }[];
};
const golden = JSON.parse(
  readFileSync(new URL("../../../golden/tasks/lm-eval.json", import.meta.url), "utf8"),
) as Golden;

let host: BareHost;
beforeEach(() => {
  host = bareHost();
});

describe("IFEval's instructions", () => {
  it("are followed strictly and loosely by the same answers", async () => {
    const rows = golden.instructions.map(({ id, kwargs }) => ({
      prompt: "Write a poem about a cat.",
      instruction_id_list: [id],
      kwargs: [kwargs],
    }));
    host.files.set("ifeval.jsonl", rows.map((row) => JSON.stringify(row)).join("\n"));
    const { items, bad } = await instructionFile("ifeval.jsonl");
    expect(bad).toEqual([]);
    for (const [i, { id, kwargs, strict, loose }] of golden.instructions.entries()) {
      const check = items[i]!.checks[0]!;
      const where = `${id} ${JSON.stringify(kwargs)}`;
      expect([where, golden.answers.map((answer) => passes(check, answer))]).toEqual([where, strict]);
      const loosely = golden.answers.map((answer) => looseForms(answer).some((form) => passes(check, form)));
      expect([where, loosely]).toEqual([where, loose]);
    }
  });

  it("that cannot be checked are bad rows, which say why", async () => {
    const row = (id: string, kwargs: object) =>
      JSON.stringify({ prompt: "x", instruction_id_list: [id], kwargs: [kwargs] });
    const rows = [
      row("punctuation:no_comma", {}),
      row("language:response_language", { language: "de" }),
      row("length_constraints:number_words", { num_words: 3 }),
      JSON.stringify({ prompt: "x", checks: [{ kind: "json" }] }),
      JSON.stringify({ prompt: "x" }),
    ];
    host.files.set("i.jsonl", rows.join("\n"));
    const { items, bad } = await instructionFile("i.jsonl");
    expect(items.map(({ checks }) => checks)).toEqual([[{ kind: "no commas" }], [{ kind: "json" }]]);
    expect(bad.map(({ line, reason }) => `${line}: ${reason}`)).toEqual([
      '2: the instruction "language:response_language" cannot be checked here',
      '3: "relation" in "kwargs" is neither "at least" nor "less than"',
      '5: it has neither "checks" nor "instruction_id_list" and "kwargs" of the same length',
    ]);
  });
});

it("the last number of an answer is compared as in GSM8K", () => {
  const { golds, answers, right } = golden.numbers;
  for (const [g, gold] of golds.entries()) {
    const graded = answers.map((answer) => matches(answer, gold, "lastNumber"));
    expect([gold, ...graded]).toEqual([gold, ...right[g]!]);
  }
});

it("the most likely choice is the same, in all, per character and per byte", () => {
  for (const { choices, lls, acc, accNorm, accBytes } of golden.choices) {
    const found = mostLikely(
      choices,
      lls.map((each) => -each),
    );
    expect(found).toEqual({ acc: choices[acc], accNorm: choices[accNorm], accBytes: choices[accBytes] });
  }
});
