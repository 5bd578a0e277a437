import { describe, expect, it } from "vitest";
import { languageLibrary } from "../../../../cells/measure/translation/language-library.ts";
import { offTarget } from "../../../../cells/measure/translation/off-target.ts";
import { worldLexicon } from "../../../../cells/world/measure/world-lexicon.ts";
import { testSets } from "../../../../cells/world/test-sets.ts";

const { velan } = testSets();

describe("the library", () => {
  it("identifies real languages by their English names, and says nothing about an empty text", async () => {
    const library = await languageLibrary();
    const texts = [
      "Der Hund schläft im Garten.",
      "The dog sleeps in the garden.",
      "Il cane dorme nel giardino.",
      "สุนัขนอนในสวน",
    ];
    expect(texts.map((text) => library.identify(text))).toEqual(["German", "English", "Italian", "Thai"]);
    expect(library.identify("")).toBeUndefined();
  });

  it("chooses among the given languages, refuses unknown ones, and keeps several choices apart", async () => {
    const few = await languageLibrary({ among: ["German", "English"] });
    expect(few.identify("Il cane dorme nel giardino della casa.")).not.toBe("Italian");
    expect((await languageLibrary()).identify("Il cane dorme nel giardino della casa.")).toBe("Italian");
    await expect(languageLibrary({ among: ["Velan"] })).rejects.toThrow("eld does not know Velan");
  });
});

describe("the off-target rate", () => {
  it("counts texts in another language, and separately those whose language is unclear", () => {
    const pairs = velan.slice(0, 4);
    const texts = [pairs[0]!.reference, pairs[1]!.reference, pairs[2]!.source, "???"];
    const found = offTarget(texts, pairs, worldLexicon);
    expect(found).toMatchObject({ rate: 0.25, undetermined: 0.25, by: "the world's lexicon" });
    expect(found.rows.find((row) => row.found !== row.expected && row.found !== "undetermined")).toMatchObject({
      texts: 1,
      example: pairs[2]!.source,
    });
  });

  it("refuses unknown languages and lists of different lengths", () => {
    expect(() => offTarget(["a"], ["German"], worldLexicon)).toThrow("the world's lexicon does not know German");
    expect(() => offTarget(["a"], [], worldLexicon)).toThrow("1 texts but 0 expected languages");
  });
});
