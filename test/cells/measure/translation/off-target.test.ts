import { describe, expect, it } from "vitest";
import { languageLibrary } from "../../../../cells/measure/translation/language-library.ts";
import { offTarget } from "../../../../cells/measure/translation/off-target.ts";
import { worldLexicon } from "../../../../cells/world/measure/world-lexicon.ts";
import { testSets } from "../../../../cells/world/test-sets.ts";

const { velan, orin, general } = testSets();

describe("the world's lexicon", () => {
  it("tells every sentence of its three languages, though they share names and stems", () => {
    for (const pair of [...velan, ...orin])
      expect([pair.reference, worldLexicon.identify(pair.reference)]).toEqual([pair.reference, pair.to]);
  });

  it("knows English answers, and says nothing of a list of names or of nonsense", () => {
    expect(worldLexicon.identify("I'm sorry, but I can't help with that. Poison can kill.")).toBe("English");
    for (const { answer } of general.talk) expect(worldLexicon.identify(answer)).toBe("English");
    for (const text of ["Mira, Tomas.", "xu vyb zzz", ""]) expect(worldLexicon.identify(text)).toBeUndefined();
  });
});

describe("the library", () => {
  it("tells real languages by their English names, and nothing of an empty text", async () => {
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

  it("chooses among what it is given, refuses what it does not know, and keeps choices apart", async () => {
    const few = await languageLibrary({ among: ["German", "English"] });
    expect(few.identify("Il cane dorme nel giardino della casa.")).not.toBe("Italian");
    expect((await languageLibrary()).identify("Il cane dorme nel giardino della casa.")).toBe("Italian");
    await expect(languageLibrary({ among: ["Velan"] })).rejects.toThrow("eld does not know Velan");
  });
});

describe("the off-target rate", () => {
  it("counts texts in another language, and apart from them those of which nothing can be said", () => {
    const pairs = velan.slice(0, 4);
    const texts = [pairs[0]!.reference, pairs[1]!.reference, pairs[2]!.source, "???"];
    const found = offTarget(texts, pairs, worldLexicon);
    expect(found).toMatchObject({ rate: 0.25, undetermined: 0.25, by: "the world's lexicon" });
    expect(found.rows.find((row) => row.found !== row.expected && row.found !== "undetermined")).toMatchObject({
      texts: 1,
      example: pairs[2]!.source,
    });
  });

  it("refuses what cannot be told", () => {
    expect(() => offTarget(["a"], ["German"], worldLexicon)).toThrow("the world's lexicon does not know German");
    expect(() => offTarget(["a"], [], worldLexicon)).toThrow("1 texts and 0 languages");
  });
});
