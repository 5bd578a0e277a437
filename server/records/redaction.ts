/**
 * Takes out of texts what must not leave this machine: the places of the workspace, of models and of the user's folders, and the
 * values of secret environment variables. A record must say the same wherever it is made, so that two can be compared.
 */
export type Redaction = {
  /** Absolute paths with what stands for them. */
  readonly places: ReadonlyMap<string, string>;
  /** Secrets by their names. */
  readonly secrets: ReadonlyMap<string, string>;
};

export function redacted(text: string, { places, secrets }: Redaction): string {
  let result = text;
  const longestFirst = [...places].sort(([a], [b]) => b.length - a.length);
  for (const [place, name] of longestFirst)
    if (result.includes(place))
      result = result.replace(new RegExp(`${beginOf(place)}${escaped(place)}(?![\\w.-]*\\w)`, "g"), () => name);
  for (const [name, value] of secrets) result = result.replaceAll(value, `<${name}>`);
  return result;
}

/** A JSON value with its texts redacted. */
export function redactedValue<T>(value: T, redaction: Redaction): T {
  if (typeof value === "string") return redacted(value, redaction) as T;
  if (Array.isArray(value)) return value.map((each) => redactedValue(each, redaction)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, redactedValue(each, redaction)])) as T;
}

/** Shorter values stand for themselves too often. */
const SHORTEST_SECRET = 8;

export function secretsOf(environment: Readonly<Record<string, string | undefined>>): ReadonlyMap<string, string> {
  const secret = /token|secret|password|passwd|credential|private|api_?key|_key$/i;
  return new Map(
    Object.entries(environment).filter((entry): entry is [string, string] => {
      const [name, value = ""] = entry;
      return secret.test(name) && value.length >= SHORTEST_SECRET;
    }),
  );
}

/** The name of a place such as /tmp may also be inside of another path, `data/tmp/a.tsv`, which must stay as it is. */
function beginOf(place: string): string {
  return /^\/[^/]+$/.test(place) ? "(?<![\\w.-])" : "";
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
