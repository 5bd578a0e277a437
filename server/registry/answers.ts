/** Reads the answers of tests in a run's folder. The folder may come from elsewhere, so each line is checked. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import type { RunAnswers, TestAnswers } from "../runs/answers.ts";
import type { RunSummary } from "../runs/types.ts";
import { checked } from "../session/schema/fault.ts";
import { count } from "../session/schema/values.ts";
import { isPlainFolder, plainText } from "./plain-file.ts";
import { parsed } from "./run-files.ts";

/** The most tests of a run, and bytes of a test. */
const MOST_TESTS = 100;
const TEST_BYTES = 32e6;
const MOST_ITEMS = 10_000;

const text = v.pipe(v.string(), v.maxLength(10_000));
const about = v.object({
  measure: v.pipe(text, v.minLength(1)),
  kind: v.picklist(["flags", "scores"]),
  better: v.picklist(["higher", "lower"]),
  step: count,
  items: count,
});
const item = v.object({
  prompt: text,
  expected: v.optional(text),
  answer: text,
  score: v.pipe(v.number(), v.finite()),
  group: v.optional(text),
});

/** Answers of a step that the run has gone back from say nothing about it. */
export function readAnswers(workspace: string, { key, step }: Pick<RunSummary, "key" | "step">): RunAnswers {
  const folder = join(workspace, key, "answers");
  if (!isPlainFolder(folder)) return { key, tests: [] };
  const files = readdirSync(folder).filter((name) => name.endsWith(".jsonl"));
  const tests = files
    .sort()
    .slice(0, MOST_TESTS)
    .flatMap((name) => readTest(join(folder, name)) ?? []);
  return { key, tests: tests.filter((test) => test.step <= step) };
}

function readTest(path: string): TestAnswers | undefined {
  const [first, ...lines] = (plainText(path, TEST_BYTES) ?? "").split("\n");
  const read = checked(about, parsed(first));
  if ("fault" in read) return undefined;
  const answers = lines.slice(0, MOST_ITEMS).flatMap((line) => {
    const found = checked(item, parsed(line === "" ? undefined : line));
    return "value" in found ? [found.value] : [];
  });
  return answers.length === 0 ? undefined : { ...read.value, answers };
}
