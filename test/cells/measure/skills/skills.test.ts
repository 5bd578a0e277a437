import { beforeEach, describe, expect, it } from "vitest";
import { probes } from "../../../../cells/measure/probes.ts";
import { documentContext, documentFile } from "../../../../cells/measure/skills/documents.ts";
import { formality, formalityFile } from "../../../../cells/measure/skills/formality.ts";
import { alignmentMeasures, idiomFile, literalness } from "../../../../cells/measure/skills/literalness.ts";
import { type BareHost, bareHost } from "../../bare-host.ts";
import { question, ruleModel } from "../model.ts";

let host: BareHost;
beforeEach(() => {
  host = bareHost();
});
const put = (path: string, rows: readonly object[]): string => {
  host.files.set(path, rows.map((row) => JSON.stringify(row)).join("\n"));
  return path;
};
const german = { from: "English", to: "German" };

describe("formality", () => {
  const rows = [
    {
      source: "Can you come?",
      formal: "[F]Können[/F] [F]Sie[/F] kommen?",
      informal: "[F]Kannst[/F] [F]du[/F] kommen?",
    },
    { source: "You see.", formal: "[F]Sie sehen[/F].", informal: "[F]Du siehst[/F]." },
    { source: "Go.", formal: "Gehen Sie.", informal: "[F]Geh[/F]." },
  ];

  it("is recognised by the marked phrases; a translation with both or none is undecided", async () => {
    const { items, bad } = await formalityFile(put("f.jsonl", rows));
    expect(bad).toMatchObject([{ line: 3, reason: '"formal" has no phrase between [F] and [/F]' }]);
    const answers: Record<string, string> = {
      "formal: Can you come?": "Wohl Können heute Sie, kommen?\nNote: du",
      "formal: You see.": "Du siehst es.",
      "informal: Can you come?": "Kannst du Sie sehen?",
      "informal: You see.": "Siehste.",
    };
    const model = ruleModel((prompt) => answers[question(prompt)]!);
    const found = await formality(model, items, { ...german, instruction: "{register}: {source}" });
    expect(found.rows.map((row) => row.found)).toEqual(["formal", "informal", "both", "neither"]);
    expect(found).toMatchObject({ formal: 0.5, informal: Number.NaN, decided: 0.5 });
    const row = await probes.formality(items, { ...german, instruction: "{register}: {source}" }).measure(model);
    expect(row).toEqual({ formalityDecided: 0.5 });
  });

  it("is recognised anywhere in a text without spaces", async () => {
    const { items } = await formalityFile(
      put("f.jsonl", [{ source: "a", formal: "行き[F]ます[/F]", informal: "行[F]く[/F]" }]),
    );
    const model = ruleModel((prompt) => (question(prompt).includes("informal") ? "もう行くよ" : "もう行きますよ"));
    expect(await formality(model, items, { from: "English", to: "Japanese", writing: "unspaced" })).toMatchObject({
      accuracy: 1,
    });
    expect(await formality(model, items, { from: "English", to: "Japanese" })).toMatchObject({ decided: 0 });
  });
});

describe("document context", () => {
  it("is the gain of a whole document over its sentences", async () => {
    const list = Array.from({ length: 8 }, (_, i) => ({
      sources: [`The cat ${i} sleeps.`, "It dreams."],
      references: [`Die Katze ${i} schläft.`, "Sie träumt."],
    }));
    const { items, bad } = await documentFile(
      put("d.jsonl", [...list, { sources: ["a"], references: ["b"] }, { sources: "a" }]),
    );
    expect(bad.map(({ reason }) => reason)).toEqual([
      "a document needs at least two sentences",
      '"sources" is not a list of strings',
    ]);
    const model = ruleModel((prompt) => {
      const [, i, rest] = /: (?:The cat (\d) sleeps\.)?(.*)$/.exec(question(prompt))!;
      const cat = i === undefined ? "" : `Die Katze ${i} schläft.`;
      return cat + (rest === "" ? "" : i === undefined ? "Es träumt." : " Sie träumt.");
    });
    const found = await documentContext(model, items, german);
    expect(found.document).toBe(1);
    expect(found.rows[0]).toMatchObject({
      sentenceBySentence: "Die Katze 0 schläft. Es träumt.",
      asAWhole: "Die Katze 0 schläft. Sie träumt.",
    });
    expect(found.gain).toMatchObject({ verdict: "better", items: 8 });
    expect(found.gain.difference).toBeCloseTo(1 - found.sentence, 12);
  });
});

it("a skill's translations that are cut off are counted, and options that it does not have are refused", async () => {
  const items = [
    { source: "a", literal: ["x"], sense: ["y"] },
    { source: "b", literal: ["x"], sense: ["y"] },
  ];
  const model = {
    ...ruleModel(() => ""),
    generate: async () => [
      { text: "x", tokens: 1, ended: true },
      { text: "y and", tokens: 2, ended: false },
    ],
  };
  expect(await literalness(model, items, { ...german, maxTokens: 2 })).toMatchObject({ literal: 0.5, cutOff: 0.5 });
  await expect(literalness(model, items, { ...german, max_new_tokens: 2 } as never)).rejects.toThrow(
    "literalness(…) has no option",
  );
  await expect(formality(model, [], { ...german, register: "formal" } as never)).rejects.toThrow(
    "formality(…) has no option",
  );
  await expect(documentContext(model, [], { ...german, metrics: [] } as never)).rejects.toThrow(
    'Did you mean "metric"?',
  );
});

describe("literalness", () => {
  it("is measured by phrases: whole words in any case", async () => {
    const rows = ["a", "b", "c", "d"].map((source) => ({
      source,
      literal: ["den Eimer getreten"],
      sense: ["tot", "gestorben"],
    }));
    const { items, bad } = await idiomFile(put("i.jsonl", [...rows, { source: "e", literal: [], sense: ["x"] }]));
    expect(bad).toMatchObject([{ line: 5, reason: '"literal" is not a list of phrases' }]);
    const answers: Record<string, string> = {
      a: "Er hat DEN Eimer, getreten.",
      b: "Er ist tot.",
      c: "Total egal.",
      d: "Er ist gestorben",
    };
    const model = ruleModel((prompt) => answers[question(prompt).at(-1)!]!);
    const found = await literalness(model, items, german);
    expect(found.rows.map((row) => row.found)).toEqual(["literal", "sense", "neither", "sense"]);
    expect(found).toMatchObject({ literal: 1 / 3, decided: 0.75 });
  });

  it("is measured by alignments: unaligned source words, and links off the diagonal", () => {
    expect(alignmentMeasures(["a b", "c d e f"], ["x y", "z w"], ["0-0 1-1", "0-0 3-1"])).toEqual({
      unaligned: 2 / 6,
      nonMonotonicity: (0 + 0 + 0 + (3 / 4 - 1 / 2)) / 4,
    });
    expect(alignmentMeasures(["a b"], ["x y"], ["0-1 1-0"]).nonMonotonicity).toBe(0.5);
    expect(() => alignmentMeasures(["a"], ["x"], ["0-1"])).toThrow('Alignment 1 has the link "0-1"');
  });
});
