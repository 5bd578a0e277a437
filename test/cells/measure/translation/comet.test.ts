import { beforeEach, describe, expect, it } from "vitest";
import { evaluate } from "../../../../cells/measure/evaluation/evaluate.ts";
import { compareEvaluations } from "../../../../cells/measure/statistics/evaluation-comparison.ts";
import { cometOf, cometScores, compareComet } from "../../../../cells/measure/translation/comet.ts";
import { saveTranslations, withComet } from "../../../../cells/measure/translation/comet-files.ts";
import { type BareHost, bareHost } from "../../bare-host.ts";
import { ruleModel } from "../model.ts";

let host: BareHost;
beforeEach(() => {
  host = bareHost();
});

const sources = Array.from({ length: 8 }, (_, i) => `Satz ${i}`);
const translations = sources.map((_, i) => `sentence ${i}`);
const scored = (add: number, mt = translations) =>
  mt.map((text, i) => ({ src: sources[i], mt: `${text} `, ref: "r", COMET: 0.5 + i / 20 + add }));

it("scores of --to_json are joined with translations by their texts, and compared", async () => {
  host.files.set("scores.json", JSON.stringify({ "a.txt": scored(0), "out/b.txt": scored(0.1) }));
  const read = await cometScores("scores.json");
  const [a, b] = ["a.txt", "out/b.txt"].map((system) => cometOf(read, system, { sources, translations }));
  expect(a![2]).toBeCloseTo(0.6, 12);
  const found = compareComet(a!, b!);
  expect(found).toMatchObject({ measure: "COMET", verdict: "better", items: 8 });
  expect(found.difference).toBeCloseTo(0.1, 12);
});

it("the printed output of comet-score is read as well", async () => {
  const lines = translations.map((_, i) => `my file.txt\tSegment ${i}\tscore: ${(0.8 - i / 10).toFixed(4)}`);
  host.files.set("scores.tsv", [...lines, "my file.txt\tscore: 0.4500", ""].join("\r\n"));
  const found = cometOf(await cometScores("scores.tsv"), "my file.txt", { sources, translations });
  expect(found.map((score) => score.toFixed(1))).toEqual(["0.8", "0.7", "0.6", "0.5", "0.4", "0.3", "0.2", "0.1"]);
});

it("scores of other translations, of another number of translations or of another system are rejected", async () => {
  host.files.set("scores.json", JSON.stringify({ "a.txt": scored(0) }));
  const read = await cometScores("scores.json");
  const other = translations.with(3, "something else");
  expect(() => cometOf(read, "a.txt", { sources, translations: other })).toThrow(
    'Segment 3 of "a.txt" in scores.json is "sentence 3 "',
  );
  expect(() => cometOf(read, "a.txt", { sources: ["x"], translations: ["x"] })).toThrow(
    '8 segments of "a.txt", but there are 1',
  );
  expect(() => cometOf(read, "b.txt", { sources, translations })).toThrow(
    'no scores of "b.txt". It has scores of a.txt',
  );
});

it.each([
  ["{}", "it has no scores"],
  ["{broken", "it is not valid JSON"],
  ['{"a.txt": [{"src": "x"}]}', 'segment 0 of "a.txt" has no "COMET"'],
  ["hello", "it has no scores"],
  ["a\tSegment 1\tscore: 0.5", "line 1 has segment 1, but segment 0 should come next"],
])("%s is not accepted as scores", async (text, reason) => {
  host.files.set("scores", text);
  await expect(cometScores("scores")).rejects.toThrow(reason);
});

describe("COMET of evaluations", () => {
  const pairs = [
    { source: "Hund", reference: "dog", from: "German", to: "English", instruction: "Hund" },
    { source: "Katze", reference: "cat", from: "German", to: "English", instruction: "Katze" },
    { source: "cow", reference: "Kuh", from: "English", to: "German", instruction: "cow" },
  ];
  const evaluated = (method: string, answer: string) =>
    evaluate(
      ruleModel(() => answer),
      { method, translation: pairs, clean: "none" },
    );

  it("goes out as one set of files for each direction, and comes back as a measure that models are compared by", async () => {
    const base = await evaluated("base", "two\n lines");
    const tuned = await evaluated("radis 1/2", "one");
    const { files, commands } = await saveTranslations("comet", [base, tuned]);
    expect(files).toContain("comet/German-English.radis_1_2.txt");
    expect(host.files.get("comet/German-English.source.txt")).toBe("Hund\nKatze\n");
    expect(host.files.get("comet/German-English.base.txt")).toBe("two lines\ntwo lines\n");
    expect(commands[1]).toBe(
      'comet-score -s "comet/German-English.source.txt" -t "comet/German-English.base.txt" "comet/German-English.radis_1_2.txt" ' +
        '-r "comet/German-English.reference.txt" --to_json "comet/German-English.json"',
    );
    const scored = (list: [string, string, number][]) => list.map(([src, mt, COMET]) => ({ src, mt, ref: "x", COMET }));
    const there = {
      base: [
        ["Hund", "two lines", 0.5],
        ["Katze", "two lines", 0.7],
      ],
      radis_1_2: [
        ["Hund", "one", 0.8],
        ["Katze", "one", 0.8],
      ],
    };
    const back = { base: [["cow", "two lines", 0.2]], radis_1_2: [["cow", "one", 0.1]] };
    for (const [name, systems] of Object.entries({ "German-English": there, "English-German": back })) {
      const json = Object.entries(systems).map(([system, list]) => [
        `/elsewhere/${name}.${system}.txt`,
        scored(list as [string, string, number][]),
      ]);
      host.files.set(`comet/${name}.json`, JSON.stringify(Object.fromEntries(json)));
    }
    const [before, after] = [await withComet(base, "comet"), await withComet(tuned, "comet")];
    expect(before.result).toMatchObject({ "comet German→English": 0.6, "comet English→German": 0.2 });
    expect(before.result.comet).toBeCloseTo(0.4, 12);
    const compared = compareEvaluations(before, after, { resamples: 100 }).find(({ measure }) => measure === "comet");
    expect(compared?.difference).toBeCloseTo(0.05, 12);
    const other = await evaluated("base", "something else");
    await expect(withComet(other, "comet")).rejects.toThrow("Score these very translations");
  });

  it("needs translations of the same sentences under different names", async () => {
    const base = await evaluated("base", "x");
    await expect(saveTranslations("c", [base, base])).rejects.toThrow("Give each its own method name");
    const fewer = await evaluate(
      ruleModel(() => "x"),
      { method: "y", translation: pairs.slice(1) },
    );
    await expect(saveTranslations("c", [base, fewer])).rejects.toThrow("Evaluate all models on the same pairs");
    const none = await evaluate(
      ruleModel(() => "x"),
      { method: "z" },
    );
    await expect(saveTranslations("c", [none])).rejects.toThrow('"z" was evaluated without translations');
  });
});
