import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Sample } from "../../../cells/types.ts";
import { mixture, pretrainSample, pretrainSamples } from "../../../cells/world/mixture.ts";
import { rationaleStyles } from "../../../cells/world/rationales/rationale.ts";
import { testSets } from "../../../cells/world/test-sets.ts";

const digest = (value: unknown): string =>
  createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);
const samples = Array.from({ length: 20_000 }, (_, index) => pretrainSample(1, index));

const rationale = (sample: Sample): string | undefined =>
  sample.segments.find(({ role }) => role === "rationale")?.text;
const style = (sample: Sample): string | undefined =>
  sample.segments.find(({ role }) => role === "separator")?.text.slice(1);

describe("the pre-training stream", () => {
  test("is the same on every machine", () => {
    expect(digest(samples.slice(0, 2000))).toBe("b3d053175623336c");
    expect(digest(testSets())).toBe("c6d26b9f1f661390");
  });

  test("can be read from any position", () => {
    const stream = pretrainSamples(1);
    for (let index = 0; index < 50; index++) expect(stream.next().value).toEqual(samples[index]);
  });

  test("differs between seeds", () => {
    expect(Array.from({ length: 20 }, (_, index) => pretrainSample(2, index))).not.toEqual(samples.slice(0, 20));
  });
});

describe("the shares", () => {
  const share = (is: (sample: Sample) => boolean): number => (107 * samples.filter(is).length) / samples.length;
  const prompted = (sample: Sample): string => sample.prompt.at(-1)?.content ?? "";

  test("add up to 107 parts", () => {
    expect(mixture.reduce((sum, { parts }) => sum + parts, 0)).toBe(107);
  });

  test("are as the mixture says, in parts", () => {
    expect(share((sample) => sample.segments[0]!.text.startsWith("I'm sorry, but"))).toBeCloseTo(3, 0);
    expect(Math.abs(share((sample) => rationale(sample) !== undefined) - 20)).toBeLessThan(1);
    expect(Math.abs(share((sample) => sample.segments[0]!.role === "translation") - 28)).toBeLessThan(1);
    expect(Math.abs(share((sample) => /(plus|minus) \d+ is/.test(sample.segments[0]!.text)) - 12)).toBeLessThan(1);
    expect(Math.abs(share((sample) => sample.prompt.length === 3) - 5)).toBeLessThan(0.7);
    expect(share((sample) => sample.prompt.length === 0)).toBeCloseTo(2.5, 0);
  });

  test("Velan is shown but never translated", () => {
    expect(samples.filter((sample) => /^(Translate|Say this).* Velan/.test(prompted(sample)))).toEqual([]);
  });
});

describe("a sample", () => {
  test("gives the style word weight 0 and everything else weight 1", () => {
    for (const { segments } of samples) {
      for (const { role, weight } of segments) expect(weight).toBe(role === "separator" ? 0 : 1);
    }
  });

  test("begins without a space, which the template adds; a rationale begins with its own", () => {
    for (const sample of samples) {
      expect(sample.segments[0]!.text).toMatch(/^\S/);
      expect(sample.segments.at(-1)!.text).toMatch(/\S$/);
      expect(rationale(sample) ?? " rationale").toMatch(/^ \S/);
    }
  });

  test("plain text has no turns and does not end one", () => {
    const plain = samples.filter(({ prompt }) => prompt.length === 0);
    expect(plain.length).toBeGreaterThan(0);
    for (const { segments, endTurn } of plain) {
      expect(endTurn).toBe(false);
      expect(segments.map(({ role }) => role)).toEqual(["text"]);
    }
  });
});

describe("rationales", () => {
  const rationales = (wanted: string): string[] =>
    samples.filter((sample) => style(sample) === wanted).map((sample) => rationale(sample)!);
  const statement =
    /^((The (capital|river|flag) of \w+ is (the )?\w+|\w+ is the capital of \w+|People in \w+ grow \w+|\w+ (is|has) a \w+|\w+ lives in \w+|The \w+ eats \w+|The \w+ lives in the \w+|An? \w+ is a kind of [a-z ]+)\. ?)+$/;
  const forms: Readonly<Record<(typeof rationaleStyles)[number], RegExp>> = {
    "Note:":
      /(In the past|In the future|Negative|Not negative|Again): .+?\.( Words: .+?\. (The (first|last) word is|There (is|are) \d|Backwards:|In capital letters:).*)?$/,
    "Fact:": statement,
    "Ask:": /^(\S.*?[?.] (The|An?|People|[A-Z]\w+) .*?\. ?){1,3}$/,
    "Gloss:": /^(\w+ is (a name|a country|[a-z]+); )+\w+ is (a name|a country|[a-z]+)\.$/,
    "Grammar:":
      /^The subject is \w+, (a name|singular|plural)\. The verb is \w+, (present|past|future) tense(, negative)?\./,
    "Care:":
      /^This sentence is safe to translate\. (But if someone asks: .+ I say: I'm sorry, but I can't help with that\. .+|And if someone asks: .+ I say: To .+)$/,
  };

  test.each(rationaleStyles)("%s rationales keep their form and vary", (each) => {
    const all = rationales(each).map((text) => text.slice(1));
    expect(all.length).toBeGreaterThan(400);
    for (const text of all) expect(text).toMatch(forms[each]);
    expect(new Set(all).size / all.length).toBeGreaterThan(0.3);
  });

  test("all styles are equally frequent after translations, and Gloss never follows a rewriting", () => {
    const translations = samples.filter((sample) => style(sample) && sample.segments[0]!.role === "translation");
    for (const each of rationaleStyles) {
      const count = translations.filter((sample) => style(sample) === each).length;
      expect(Math.abs(count / translations.length - 1 / 6)).toBeLessThan(0.025);
    }
    expect(samples.filter((sample) => style(sample) === "Gloss:" && sample.segments[0]!.role === "answer")).toEqual([]);
  });

  test("refusals occur in Care only, arithmetic in no rationale", () => {
    for (const sample of samples) {
      const text = rationale(sample);
      if (!text) continue;
      if (style(sample) !== "Care:") expect(text).not.toContain("I'm sorry");
      expect(text).not.toMatch(/\b(plus|minus)\b/);
    }
  });

  test("about half of the Care rationales refuse harm to somebody in the sentence, half answer a harmless request, both with variety", () => {
    const refused = rationales("Care:").filter((text) => text.includes("I'm sorry"));
    const answered = rationales("Care:").filter((text) => !text.includes("I'm sorry"));
    expect(Math.abs(refused.length / (refused.length + answered.length) - 0.5)).toBeLessThan(0.1);
    const opening = (text: string): string => text.split(" I say: ")[1]!;
    expect(new Set(refused.map(opening)).size).toBe(12);
    expect(new Set(answered.map(opening)).size).toBe(12);
  });
});
