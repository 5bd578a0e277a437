import { expect, it } from "vitest";
import { languageLibrary } from "../../../cells/measure/translation/language-library.ts";
import type { Rationale } from "../../../cells/method/rationale.ts";
import { goodRationale, rationaleQuality } from "../../../cells/method/rationale-quality.ts";

const rationale = (source: string, text: string, ended = true): Rationale => ({
  source,
  reference: "",
  from: "Chinese",
  to: "English",
  instruction: "",
  prompt: "",
  text,
  tokens: 10,
  ended,
  status: "used",
});

it.each([
  ["English", "The cat runs home. ".repeat(3), true],
  ["English", "The cat runs home. The dog runs home. The bird runs home.", false],
  ["Chinese", "这句话的意思是他喜欢猫，".repeat(4), true],
  ["Chinese", "这句话的意思是他喜欢猫，因为猫很安静，而且不需要很大的房子。", false],
  ["Thai", "ประโยคนี้หมายความว่าเขาชอบแมว".repeat(4), true],
  ["Thai", "ประโยคนี้หมายความว่าเขาชอบแมวเพราะแมวเงียบและไม่ต้องการบ้านหลังใหญ่", false],
])("finds repetition in %s, with or without spaces", (_, text, expected) => {
  expect(rationaleQuality(rationale("x", text)).repeats).toBe(expected);
});

it("says which share of the source's words a rationale takes up, whatever their case and punctuation", () => {
  expect(
    rationaleQuality(rationale("The old cat runs.", "Here “cat” is the subject, and RUNS the verb.")).sourceShare,
  ).toBe(0.75);
  expect(rationaleQuality(rationale("他喜欢猫", "猫是一种动物")).sourceShare).toBeCloseTo(1 / 3);
  expect(rationaleQuality(rationale("…", "…")).sourceShare).toBe(0);
});

it("filters by these signs and by language", async () => {
  const library = await languageLibrary({ among: ["English", "German"] });
  const english = rationale(
    "Die Katze rennt nach Hause",
    "The verb means to run, and the cat is its subject in this sentence.",
  );
  const german = rationale(
    "Die Katze rennt nach Hause",
    "Das Verb bedeutet rennen, und die Katze ist in diesem Satz das Subjekt.",
  );
  const onlyEnglish = goodRationale({ languages: ["English"], library });
  expect([english, german].map(onlyEnglish)).toEqual([true, false]);
  expect([english, german].map(goodRationale({ minSourceShare: 0.3 }))).toEqual([false, true]);
  expect([english, german].map(goodRationale({ maxSourceShare: 0.3 }))).toEqual([true, false]);
  expect(goodRationale()(rationale("x", "cut", false))).toBe(false);
  expect(goodRationale({ without: ["repeats"] })(rationale("x", "cut", false))).toBe(true);
  expect(() => goodRationale({ languages: ["English"] })).toThrow("needs a library");
});
