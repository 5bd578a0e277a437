/**
 * The parts of `tokenizer.json` that the tokenizer library computes in another way than Hugging Face's, without a word: they are written
 * in a form that it computes rightly, or refused by name. A wrong id is not seen in any loss.
 */
import { isRecord, type JsonObject } from "../json.ts";

/** @param where names the file in errors @throws listing the parts that would be computed wrongly */
export function faithfulTokenizer(json: JsonObject, where: string): JsonObject {
  const refused: string[] = [];
  const added = Array.isArray(json.added_tokens) ? json.added_tokens.filter(isRecord) : [];
  const words = added.filter(({ single_word }) => single_word === true).map(({ content }) => String(content));
  if (words.length > 0) refused.push(`single_word of the added token ${JSON.stringify(words[0])}`);
  const model = isRecord(json.model) ? json.model : {};
  if (model.type === "Unigram" && model.byte_fallback === true) refused.push("byte_fallback of a Unigram model");
  if (model.type === "BPE" && model.continuing_subword_prefix) refused.push("continuing_subword_prefix of a BPE model");
  for (const { type } of parts(json.normalizer, "normalizers"))
    if (!normalizers.includes(String(type))) refused.push(`the normalizer ${String(type)}`);
  const spaced = parts(json.normalizer, "normalizers").some(
    ({ type, pattern }) => type === "Replace" && isRecord(pattern) && pattern.String === " ",
  );
  const preTokenizer = withParts(json.pre_tokenizer, (part) => faithfulSplit(part, spaced, refused));
  if (refused.length > 0)
    throw new Error(
      `${where} uses parts that Palimpsest would compute differently from transformers: ${refused.join("; ")}. ` +
        "Use a model with another tokenizer.",
    );
  return { ...json, pre_tokenizer: preTokenizer };
}

/** Those that the library computes exactly. `Nmt` is unknown to it, and `Precompiled` an approximation. */
const normalizers = [
  ...["NFC", "NFD", "NFKC", "NFKD", "Lowercase", "Prepend", "Replace", "Strip", "StripAccents", "BertNormalizer"],
];

const exactly = ["ByteLevel", "Metaspace", "BertPreTokenizer", "WhitespaceSplit", "FixedLength"];

/** GPT-2's pieces of words, numbers, other characters and spaces. */
const bytePieces = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
const punctuation = "[\\p{P}!-/:-@\\[-`{-~]";

/** @param spaced whether the normalizer replaces all spaces, so that a split at spaces never happens */
function faithfulSplit(part: JsonObject, spaced: boolean, refused: string[]): JsonObject | readonly JsonObject[] {
  switch (part.type) {
    // JavaScript's \d, \w and \s are not those of Unicode.
    case "Digits":
      return split(part.individual_digits === true ? "\\p{N}" : "\\p{N}+");
    case "Whitespace":
      return { ...split("\\w+|[^\\w\\s]+"), behavior: "Removed", invert: true };
    case "ByteLevel":
      if (part.use_regex === false || part.add_prefix_space === true) return part;
      return [split(bytePieces), { ...part, use_regex: false }];
    case "Punctuation":
      return merged(punctuation, String(part.behavior ?? "Isolated"), part, refused);
    case "Split": {
      const pattern = isRecord(part.pattern) ? part.pattern : {};
      const behavior = String(part.behavior);
      if (spaced && pattern.String === " ") return split("(?!)");
      if (/^removed$/i.test(behavior)) return part;
      if (/^isolated$/i.test(behavior)) return part.invert === true ? { ...part, invert: false } : part;
      if (part.invert === true) {
        refused.push(`a Split with ${behavior} and invert`);
        return part;
      }
      return merged(String(pattern.Regex ?? escaped(String(pattern.String))), behavior, part, refused);
    }
    default:
      if (!exactly.includes(String(part.type))) refused.push(`the pre-tokenizer ${String(part.type)}`);
      return part;
  }
}

/** A split whose matches join a neighbour, as a split into pieces that contain it. */
function merged(pattern: string, behavior: string, part: JsonObject, refused: string[]): JsonObject {
  const other = `(?:(?!${pattern})[\\s\\S])`;
  switch (behavior.replaceAll("_", "").toLowerCase()) {
    case "isolated":
      return split(pattern);
    case "removed":
      return { ...split(pattern), behavior: "Removed" };
    case "contiguous":
      return split(`(?:${pattern})+`);
    case "mergedwithprevious":
      return split(`${other}*(?:${pattern})|${other}+`);
    case "mergedwithnext":
      return split(`(?:${pattern})${other}*|${other}+`);
    default:
      refused.push(`${String(part.type)} with ${behavior}`);
      return part;
  }
}

function split(regex: string): JsonObject {
  return { type: "Split", pattern: { Regex: regex }, behavior: "Isolated", invert: false };
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** A part, or those of a sequence. */
function parts(part: unknown, list: string): JsonObject[] {
  if (!isRecord(part)) return [];
  const inner = part[list];
  return Array.isArray(inner) ? inner.flatMap((each) => parts(each, list)) : [part];
}

function withParts(part: unknown, change: (part: JsonObject) => JsonObject | readonly JsonObject[]): unknown {
  if (!isRecord(part)) return part;
  const inner = parts(part, "pretokenizers");
  const changed = inner.flatMap(change);
  if (changed.length === inner.length && changed.every((each, at) => each === inner[at])) return part;
  return changed.length === 1 ? changed[0] : { type: "Sequence", pretokenizers: changed };
}
