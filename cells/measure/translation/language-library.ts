/**
 * Language identification with eld (Efficient Language Detector by Nito T.M.): n-grams of 60 languages, offline. For a few words it
 * may hesitate between related languages and is then not reliable; such texts count as undetermined. It is more reliable if you
 * name the languages that are possible.
 */
import type { LanguageIdentifier } from "./off-target.ts";

/**
 * @param among English names of the languages to choose from; default: all
 * @throws if eld does not know one of them
 */
export async function languageLibrary({
  among,
}: {
  readonly among?: readonly string[];
} = {}): Promise<LanguageIdentifier> {
  const { eld } = await import("eld/medium");
  // The choice of languages is a setting of an instance, and each instance loads all n-grams again. So without a choice all share one.
  const detector = among ? eld.newInstance() : eld;
  const names = new Intl.DisplayNames(["en"], { type: "language" });
  const known = new Map(Object.values(detector.info().Languages).map((code) => [names.of(code) ?? code, code]));
  const codes = among?.map((language) => {
    const code = known.get(language);
    if (code === undefined)
      throw new Error(`eld does not know ${language}. It knows ${[...known.keys()].sort().join(", ")}.`);
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
