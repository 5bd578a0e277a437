/** JSON objects: reading one from text, and the check that a value is one. */

export type JsonObject = Readonly<Record<string, unknown>>;

/** False for null and for lists. */
export const isRecord = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** @param where names the text in the error @throws if the text is not a JSON object. */
export function parseObject(text: string, where: string): JsonObject {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Error(`${where} is not valid JSON: ${(error as Error).message}.`);
  }
  if (!isRecord(json)) throw new Error(`${where} must hold a JSON object.`);
  return json;
}
