/**
 * Language identification by eld, Nito's efficient language detector: n-grams of 60 languages, no network. On a few words
 * it guesses among neighbours, and says that it is not sure; such texts count as undetermined. To name the languages that
 * come into question makes it surer.
 */
import type { LanguageIdentifier } from "./off-target.ts";

/**
 * @param among English names of the only languages to choose from
 * @throws if it does not know one of them.
 */
export async function languageLibrary({
  among,
}: {
  readonly among?: readonly string[];
} = {}): Promise<LanguageIdentifier> {
  const { eld } = await import("eld/medium");
  // A choice of languages is a setting of an instance, and each instance holds all n-grams anew: the common one has no choice.
  const detector = among ? eld.newInstance() : eld;
  const names = new Intl.DisplayNames(["en"], { type: "language" });
  const known = new Map(Object.values(detector.info().Languages).map((code) => [names.of(code) ?? code, code]));
  const codes = among?.map((language) => {
    const code = known.get(language);
    if (code === undefined)
      throw new Error(`eld does not know ${language}; it tells ${[...known.keys()].sort().join(", ")}.`);
    return code;
  });
  if (codes) detector.setLanguageSubset(codes);
  return {
    name: `eld (medium${among ? `, among ${among.join(", ")}` : ""})`,
    languages: among ?? [...known.keys()],
    identify(text) {
      const found = detector.detect(text);
      return found.language !== "" && found.isReliable() ? names.of(found.language) : undefined;
    },
  };
}
