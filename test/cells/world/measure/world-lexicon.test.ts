import { describe, expect, it } from "vitest";
import { worldLexicon } from "../../../../cells/world/measure/world-lexicon.ts";
import { testSets } from "../../../../cells/world/test-sets.ts";

const { velan, orin, general } = testSets();

describe("the world's lexicon", () => {
  it("identifies every sentence of its three languages, although they share names and stems", () => {
    for (const pair of [...velan, ...orin])
      expect([pair.reference, worldLexicon.identify(pair.reference)]).toEqual([pair.reference, pair.to]);
  });

  it("knows English answers, and says nothing about a list of names or nonsense", () => {
    expect(worldLexicon.identify("I'm sorry, but I can't help with that. Poison can kill.")).toBe("English");
    for (const { answer } of general.talk) expect(worldLexicon.identify(answer)).toBe("English");
    for (const text of ["Mira, Tomas.", "xu vyb zzz", ""]) expect(worldLexicon.identify(text)).toBeUndefined();
  });
});
