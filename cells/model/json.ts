/** JSON objects out of text, for the files of a model folder. */

export type Json = Readonly<Record<string, unknown>>;

/** @throws if the text is not a JSON object. */
export function parseObject(text: string, where: string): Json {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Error(`${where} is not JSON: ${(error as Error).message}.`);
  }
  const object = asObject(json);
  if (!object) throw new Error(`${where} is not a JSON object.`);
  return object;
}

/** Undefined for anything else, lists included. */
export function asObject(value: unknown): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}
