/** The rows of a JSON file: the elements of a list, or one value per line. One object around a list is refused with what was found. */
import { isRecord } from "../json.ts";
import { jsonElements, parsed } from "./json-list.ts";
import { nonEmptyLines, type TextLine } from "./lines.ts";
import type { RawRow } from "./reading.ts";

/** A list or one value per line. Many data sets have the ending of the other one, so the beginning of the file decides. */
export function* jsonRows(format: "json" | "jsonl", path: string, bytes: Uint8Array): Generator<RawRow> {
  const beginning = String.fromCharCode(bytes.find((byte) => byte > 0x20) ?? 0);
  if (beginning === "[" && format === "json") return yield* elementsOf(path, bytes);
  const first = nonEmptyLines(bytes).next().value as TextLine | undefined;
  const value = first && parsed(first);
  const isWhole = value !== undefined && "value" in value;
  const isList = isWhole && Array.isArray(value.value) && value.value.length > 0 && value.value.every(isRecord);
  if (beginning === "[" && (!isWhole || isList)) return yield* elementsOf(path, bytes);
  if (beginning !== "{" && format === "json" && first) throw notJson(path, 'it begins neither with "[" nor with "{"');
  refuseObject(path, bytes, isWhole ? value.value : undefined);
  for (const line of nonEmptyLines(bytes)) yield parsed(line);
}

function* elementsOf(path: string, bytes: Uint8Array): Generator<RawRow> {
  try {
    yield* jsonElements(bytes);
  } catch (error) {
    throw notJson(path, error instanceof Error ? error.message : String(error));
  }
}

const notJson = (path: string, reason: string): Error => new Error(`${path} cannot be read as JSON: ${reason}.`);

/**
 * @param firstLine the value of the first line, if it is valid JSON
 * @throws if the file is one object around the list: then its lines are no records
 */
function refuseObject(path: string, bytes: Uint8Array, firstLine: unknown): void {
  const lines = nonEmptyLines(bytes);
  lines.next();
  const hasMore = lines.next().done !== true;
  if (firstLine !== undefined && hasMore) return;
  const object = firstLine ?? wholeObject(bytes);
  if (!isRecord(object)) return;
  const lists = Object.keys(object).filter(
    (name) => Array.isArray(object[name]) && (object[name] as unknown[]).every(isRecord),
  );
  // One line with one record is a file of JSON lines, unless the record has nothing but a list of records.
  if (firstLine !== undefined && !(lists.length === 1 && isWrapper(object, lists[0]!))) return;
  const inside = lists.length > 0 ? ` The list seems to be in "${lists[0]}": save it alone.` : "";
  throw new Error(
    `${path} is one JSON object with the fields ${Object.keys(object).join(", ")}. ` +
      `A list of records, or one record per line, is needed.${inside}`,
  );
}

/** A list of turns belongs to a record; a list under one of these names holds the records. */
const isWrapper = (object: object, list: string): boolean =>
  /^(data|rows|records|items|examples|instances|dataset|train|test|validation)$/i.test(list) &&
  Object.keys(object).length <= 8;

function wholeObject(bytes: Uint8Array): unknown {
  // A larger file is not parsed for the sake of a message.
  if (bytes.length > 2 ** 26) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
