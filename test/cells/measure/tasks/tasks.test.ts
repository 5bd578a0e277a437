import { beforeEach, describe, expect, it } from "vitest";
import { compareAccuracy } from "../../../../cells/measure/statistics/comparison.ts";
import { multipleChoice } from "../../../../cells/measure/tasks/choices.ts";
import { exactMatch } from "../../../../cells/measure/tasks/exact-match.ts";
import type { Task } from "../../../../cells/measure/tasks/task.ts";
import { taskFile } from "../../../../cells/measure/tasks/task-file.ts";
import { type BareHost, bareHost } from "../../bare-host.ts";
import { question, ruleModel } from "../model.ts";

let host: BareHost;
beforeEach(() => {
  host = bareHost();
});

const task = (family: string, text: string, answer: string, choices?: string[]): Task => ({
  family,
  prompt: [{ role: "user", content: text }],
  answer,
  ...(choices && { choices }),
});

it("a task file reports each bad row", async () => {
  const rows = [
    { family: "capital", question: "Capital of Meva?", answer: "Tirek" },
    { question: "2+2?", choices: ["3", "4"], answer: 1 },
    { question: "2+3?", choices: ["5", "4"], answer: "A" },
    { question: "2+4?", choices: ["6", "4"], answer: "6" },
    { question: "2+5?", choices: ["7"], answer: 0 },
    { question: "2+6?", choices: ["8", "9"], answer: 2 },
    { question: "x?" },
  ];
  host.files.set("tasks.jsonl", rows.map((row) => JSON.stringify(row)).join("\n"));
  const { items, bad } = await taskFile("tasks.jsonl");
  expect(items.map(({ family, answer }) => `${family}: ${answer}`)).toEqual([
    "capital: Tirek",
    "all: 4",
    "all: 5",
    "all: 6",
  ]);
  expect(bad.map(({ line, reason }) => `${line}: ${reason}`)).toEqual([
    '5: "choices" is not a list of two or more strings',
    '6: "answer" is not one of the choices',
    '7: "answer" is missing',
  ]);
});

describe("exact match", () => {
  const list = [task("a", "1", "Tirek."), task("a", "2", "Dor"), task("b", "3", "Lash")];

  it("is averaged over families; case and punctuation count by default", async () => {
    const model = ruleModel((prompt) => ({ "1": " tirek ", "2": "Dor", "3": "no" })[question(prompt)]!);
    expect(await exactMatch(model, list)).toMatchObject({ accuracy: 0.25, byFamily: { a: 0.5, b: 0 } });
    const found = await exactMatch(model, list, { match: "normalised" });
    expect(found).toMatchObject({ accuracy: 0.5, byFamily: { a: 1, b: 0 } });
    expect(found.graded[2]).toEqual({
      family: "b",
      question: "3",
      expected: "Lash",
      answer: "no",
      right: false,
      cutOff: false,
    });
    expect(compareAccuracy("tasks", { baseline: found.graded, system: found.graded }).verdict).toBe("inside the noise");
  });
});

describe("multiple choice", () => {
  it("takes the most likely choice, and the most likely per character or byte, which can differ", async () => {
    // One nat per word: the raw likelihood favours short choices, the normalised one long words.
    const list = [
      task("a", "?", "no", ["no", "an extraordinarily long answer"]),
      task("b", "?", "één woord", ["één woord", "x y"]),
    ];
    const { acc, accNorm, accBytes } = await multipleChoice(
      ruleModel(() => ""),
      list,
    );
    expect(acc.graded.map(({ answer }) => answer)).toEqual(["no", "één woord"]);
    expect(acc).toMatchObject({ accuracy: 1 });
    // 1 nat ÷ 2 bytes against 4 ÷ 30; 2 ÷ 11 against 2 ÷ 3.
    expect(accNorm.graded.map(({ answer }) => answer)).toEqual(["an extraordinarily long answer", "één woord"]);
    expect(accBytes.graded.map(({ answer }) => answer)).toEqual(["an extraordinarily long answer", "één woord"]);
    expect(accBytes).toMatchObject({ accuracy: 0.5, byFamily: { a: 0, b: 1 } });
  });

  it("scores choices without the end of the turn, and rejects a task without choices", async () => {
    const model = ruleModel(() => "");
    await multipleChoice(model, [task("a", "?", "x", ["x", "y"])]);
    expect(model.scored.map(({ segments, endTurn }) => [segments[0]?.text, endTurn])).toEqual([
      ["x", false],
      ["y", false],
    ]);
    await expect(multipleChoice(model, [task("a", "Why?", "x")])).rejects.toThrow('"Why?" has no choices');
  });
});
