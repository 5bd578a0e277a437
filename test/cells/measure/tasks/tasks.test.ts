import { beforeEach, describe, expect, it } from "vitest";
import { evaluate } from "../../../../cells/measure/evaluation/evaluate.ts";
import { probes } from "../../../../cells/measure/probes.ts";
import { compareAccuracy } from "../../../../cells/measure/statistics/comparison.ts";
import { multipleChoice } from "../../../../cells/measure/tasks/choices.ts";
import { exactMatch, instructionScores } from "../../../../cells/measure/tasks/exact-match.ts";
import { fewShot } from "../../../../cells/measure/tasks/few-shot.ts";
import { matches } from "../../../../cells/measure/tasks/matching.ts";
import type { AnswerTask, CheckedTask, Match, Task } from "../../../../cells/measure/tasks/task.ts";
import { taskFile } from "../../../../cells/measure/tasks/task-file.ts";
import { type BareHost, bareHost } from "../../bare-host.ts";
import { question, ruleModel } from "../model.ts";

let host: BareHost;
beforeEach(() => {
  host = bareHost();
});

const task = (family: string, text: string, answer: string, choices?: string[]): AnswerTask => ({
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

it("a task file may have the form of a public benchmark", async () => {
  const rows = [
    { question: "How many?", answer: "48 + 24 = 72.\n#### 72" },
    { question: "Which?", subject: "x", choices: ["a b", "c", "d", "e"], answer: 1 },
    { id: "1", question: "What?", choices: { text: ["ice", "fire"], label: ["1", "2"] }, answerKey: "2" },
    { ctx: "A man", endings: ["sits", "flies"], label: "0" },
    { question: "Why?", choices: { text: ["ice", "fire"], label: ["A", "B"] }, answerKey: "E" },
  ];
  host.files.set("bench.jsonl", rows.map((row) => JSON.stringify(row)).join("\n"));
  const { items, bad } = await taskFile("bench.jsonl", { match: "lastNumber", family: "bench" });
  expect(items.map(({ family, match, answer }) => `${family} ${match}: ${answer.split("\n").at(-1)}`)).toEqual(
    ["#### 72", "c", "fire", "sits"].map((answer) => `bench lastNumber: ${answer}`),
  );
  expect(bad.map(({ line, reason }) => `${line}: ${reason}`)).toEqual(['5: "answer" is not one of the choices']);
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

describe("an answer", () => {
  it("can be compared in several ways", () => {
    const right: [string, string, Match, boolean][] = [
      [" Paris ", "Paris", "exact", true],
      [" Paris ", "Paris", "identical", false],
      ["paris!", "Paris", "normalised", true],
      ["The answer is Paris.", "Paris", "exact", false],
      ["The answer is Paris.", "paris", "contains", true],
      ["14", "4", "contains", false],
      ["答えは東京です", "東京", "contains", true],
      ["anything", "", "contains", false],
      ["Answer: B, not C", "B", { pattern: "answer: ([A-D])", flags: "i" }, true],
      ["A then B", "A", { pattern: "[A-D]\\b", take: "first" }, true],
      ["A then B", "B", { pattern: "[A-D]\\b" }, true],
      ["none", "B", { pattern: "[A-D]\\b" }, false],
    ];
    for (const [answer, expected, match, wanted] of right)
      expect([answer, match, matches(answer, expected, match)]).toEqual([answer, match, wanted]);
  });
});

describe("an evaluation of tasks of all kinds", () => {
  it("grades each in its way, choices by likelihood", async () => {
    const list: Task[] = [
      { ...task("gsm8k", "How many?", "so\n#### 72"), match: "lastNumber" },
      task("arc", "Which?", "an extraordinarily long answer", ["no", "an extraordinarily long answer"]),
      {
        family: "rules",
        prompt: [{ role: "user", content: "Say it." }],
        checks: [{ kind: "lower case" }, { kind: "no commas" }],
      },
      {
        family: "rules",
        prompt: [{ role: "user", content: "Again." }],
        checks: [{ kind: "words", relation: "at most", count: 1 }],
      },
    ];
    const model = ruleModel((prompt) => ({ "How many?": "It is 72." })[question(prompt)] ?? "all in lower case");
    const { result, items } = await evaluate(model, { method: "m", tasks: list });
    expect(result).toMatchObject({ general: 0.5, gsm8k: 1, arc: 0, "arc acc_norm": 1, rules: 0.5, tasksCutOff: 0 });
    expect(model.asked.map(question)).toEqual(["How many?", "Say it.", "Again."]);
    expect(items.general).toMatchObject({
      graded: [{ right: true }, { answer: "no" }, { right: true }, { right: false }],
    });
    const scores = await instructionScores(model, list.slice(2) as CheckedTask[]);
    expect(scores).toMatchObject({ promptStrict: 0.5, checkStrict: 2 / 3, cutOff: 0 });
    expect(scores.rows.map(({ failed }) => failed)).toEqual([[], ["words"]]);
    expect(await probes.tasks(list, { limit: 1 }).measure(model)).toMatchObject({ gsm8k: 1, rules: 1 });
  });
});

it("a task may have several right answers", async () => {
  host.files.set("t.jsonl", '{"question":"Where?","answer":["NYC","New York"]}\n{"question":"Who?","answer":[]}');
  const { items, bad } = await taskFile("t.jsonl", { match: "contains" });
  expect(bad).toMatchObject([{ line: 2, reason: '"answer" is a list that is empty or has something else than text' }]);
  for (const [answer, right] of [
    ["In New York.", true],
    ["in nyc", true],
    ["York", false],
  ] as const) {
    const model = ruleModel(() => answer);
    expect([answer, (await exactMatch(model, items)).graded[0]!.right]).toEqual([answer, right]);
  }
});

describe("few-shot prompts", () => {
  const examples = ["1", "2", "3"].map((text) => task("a", text, `answer ${text}`));

  it("put solved examples before each task, without the task itself", () => {
    const system: Task = {
      ...task("a", "2", "x"),
      prompt: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "2" },
      ],
    };
    expect(
      fewShot([system], examples, { shots: 2 })[0]!.prompt.map(({ role, content }) => `${role}: ${content}`),
    ).toEqual(["system: Be brief.", "user: 1", "assistant: answer 1", "user: 3", "assistant: answer 3", "user: 2"]);
    const question = (text: string): string => `Question: ${text}\nAnswer:`;
    expect(fewShot([task("a", "9", "x")], examples, { shots: 1, as: "text", question })[0]!.prompt).toEqual([
      { role: "user", content: "Question: 1\nAnswer: answer 1\n\nQuestion: 9\nAnswer:" },
    ]);
    expect(() => fewShot([system], examples, { shots: 3 })).toThrow('needs 3 examples other than "2"');
    expect(() => fewShot([system], examples, { num_fewshot: 3 } as never)).toThrow('It is called "shots" here.');
  });
});
