import { beforeEach, expect, it } from "vitest";
import { cometOf, cometScores, compareComet } from "../../../../cells/measure/translation/comet.ts";
import { type BareHost, bareHost } from "../../bare-host.ts";

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
