/**
 * Where each token of a text lies in it, so that a whole conversation can be encoded at once and its parts found again. The tokenizer
 * library gives no offsets, so the tokens are compared with the text byte by byte: what this finds is right, or it finds nothing.
 * Three things differ between tokens and text: a space that some tokenizers put before a text or after an added token, a
 * Unicode normalisation, and characters that the tokenizer does not know.
 */

/** Characters `from` to `to` (exclusive, UTF-16 units). A part of a character counts as all of it; an added space is empty. */
export type Place = { readonly from: number; readonly to: number };

export type TokenForm = {
  /** Tokens are bytes, written as in GPT-2. Otherwise "▁" is a space, and "<0x0A>" a byte. */
  readonly byteLevel: boolean;
  readonly added: ReadonlySet<string>;
  readonly unknown: string | undefined;
};

type Source = { readonly bytes: Uint8Array; readonly from: Int32Array; readonly to: Int32Array };

const forms: ((text: string) => string)[] = [
  (text) => text,
  (text) => text.normalize("NFC"),
  (text) => text.normalize("NFKC"),
  (text) => text.normalize("NFD"),
  (text) => text.normalize("NFKD"),
  (text) => text.toLowerCase(),
];

/** @param tokens of the text, without those that a post-processor adds @returns undefined if tokens and text do not agree */
export function tokenPlaces(text: string, tokens: readonly string[], form: TokenForm): Place[] | undefined {
  for (const [at, write] of forms.entries()) {
    if (at > 0 && write(text) === text) continue;
    const places = align(sourceOf(text, write), tokens, form);
    if (places) return places;
  }
  return undefined;
}

/** The bytes of the text as the tokenizer sees them, and the characters that each byte comes from. */
function sourceOf(text: string, write: (text: string) => string): Source {
  const bytes: number[] = [];
  const from: number[] = [];
  const to: number[] = [];
  const encoder = new TextEncoder();
  // A letter and its combining marks are normalised together.
  const parts = write(text) === text ? /[\s\S]/gu : /(?:\p{L}\p{M}*|[\s\S]\p{M}*)/gu;
  for (const { 0: part, index } of text.matchAll(parts)) {
    for (const byte of encoder.encode(write(part).replaceAll("▁", " "))) {
      bytes.push(byte);
      from.push(index);
      to.push(index + part.length);
    }
  }
  return { bytes: Uint8Array.from(bytes), from: Int32Array.from(from), to: Int32Array.from(to) };
}

function align(source: Source, tokens: readonly string[], form: TokenForm): Place[] | undefined {
  const places: Place[] = [];
  let at = 0;
  const isAdded = (token: string): boolean => form.added.has(token) && !byteToken.test(token);
  for (let next = 0; next < tokens.length; ) {
    if (isAdded(tokens[next]!)) {
      const found = addedAt(source, at, tokens[next]!);
      if (found === undefined) return undefined;
      places.push(placeOf(source, found.from, found.to));
      at = found.to;
      next += 1;
      continue;
    }
    let end = next;
    while (end < tokens.length && !isAdded(tokens[end]!)) end += 1;
    const section = tokens.slice(next, end);
    const stop = (place: number): boolean =>
      end === tokens.length
        ? onlySpace(source, place, source.bytes.length)
        : addedAt(source, place, tokens[end]!) !== undefined;
    const found = section.includes(form.unknown ?? "\0")
      ? withUnknown(source, at, section, form)
      : (exactly(source, at, section, form, stop) ?? exactly(source, skipSpace(source, at), section, form, stop));
    if (!found) return undefined;
    places.push(...found.places);
    at = found.end;
    next = end;
  }
  return places;
}

type Found = { readonly places: Place[]; readonly end: number };

/** The section at a place as it is, or without the space that the tokenizer added before it. */
function exactly(
  source: Source,
  at: number,
  section: readonly string[],
  form: TokenForm,
  stop: (place: number) => boolean,
): Found | undefined {
  const surfaces = section.map((token) => surface(token, form));
  for (const added of surfaces[0]![0] === space ? [0, 1] : [0]) {
    let place = at;
    const places: Place[] = [];
    const fits = surfaces.every((bytes, index) => {
      const own = index === 0 ? bytes.subarray(added) : bytes;
      if (!own.every((byte, b) => source.bytes[place + b] === byte)) return false;
      places.push(placeOf(source, place, place + own.length));
      place += own.length;
      return true;
    });
    if (fits && stop(place)) return { places, end: place };
  }
  return undefined;
}

/** An unknown token is at least one character: as many as come before the next token that is known. */
function withUnknown(source: Source, at: number, section: readonly string[], form: TokenForm): Found | undefined {
  const places: Place[] = [];
  let place = at;
  for (const [index, token] of section.entries()) {
    if (token !== form.unknown) {
      let bytes = surface(token, form);
      const matches = (): boolean => bytes.every((byte, b) => source.bytes[place + b] === byte);
      if (index === 0 && bytes[0] === space && !matches()) bytes = bytes.subarray(1);
      if (!matches()) return undefined;
      places.push(placeOf(source, place, place + bytes.length));
      place += bytes.length;
      continue;
    }
    const from = place;
    const following = section[index + 1];
    const known = following === undefined || following === form.unknown ? undefined : surface(following, form);
    do place = nextCharacter(source, place);
    while (place < source.bytes.length && known && !known.every((byte, b) => source.bytes[place + b] === byte));
    places.push(placeOf(source, from, place));
  }
  return { places, end: place };
}

/** An added token, perhaps after white space that belongs to it. */
function addedAt(source: Source, at: number, content: string): { from: number; to: number } | undefined {
  const bytes = new TextEncoder().encode(content.replaceAll("▁", " "));
  for (const from of [at, skipSpace(source, at)])
    if (bytes.every((byte, b) => source.bytes[from + b] === byte)) return { from, to: from + bytes.length };
  return undefined;
}

const space = 0x20;
const whiteSpace = new Set([space, 9, 10, 13]);
const byteToken = /^<0x[0-9A-F]{2}>$/;

function skipSpace({ bytes }: Source, at: number): number {
  let place = at;
  while (place < bytes.length && whiteSpace.has(bytes[place]!)) place += 1;
  return place;
}

const onlySpace = (source: Source, from: number, to: number): boolean => skipSpace(source, from) >= to;

function nextCharacter({ from }: Source, at: number): number {
  let place = at + 1;
  while (place < from.length && from[place] === from[at]) place += 1;
  return place;
}

function placeOf({ from, to, bytes }: Source, begin: number, end: number): Place {
  if (begin < end) return { from: from[begin]!, to: to[end - 1]! };
  const at = begin < bytes.length ? from[begin]! : (to.at(-1) ?? 0);
  return { from: at, to: at };
}

/** The bytes that a token stands for. */
function surface(token: string, { byteLevel }: TokenForm): Uint8Array {
  if (byteToken.test(token) && !byteLevel) return Uint8Array.of(Number.parseInt(token.slice(3, 5), 16));
  const bytes = byteLevel ? [...token].map((character) => bytesOf.get(character)) : undefined;
  if (bytes?.every((byte) => byte !== undefined)) return Uint8Array.from(bytes as number[]);
  return new TextEncoder().encode(token.replaceAll("▁", " "));
}

/** GPT-2's characters for bytes: printable ones stand for themselves, the others for characters from U+0100 on. */
const bytesOf: ReadonlyMap<string, number> = (() => {
  const isPrintable = (byte: number): boolean =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  const table = new Map<string, number>();
  let others = 0;
  for (let byte = 0; byte < 256; byte += 1) {
    table.set(String.fromCharCode(isPrintable(byte) ? byte : 0x100 + others), byte);
    if (!isPrintable(byte)) others += 1;
  }
  return table;
})();
