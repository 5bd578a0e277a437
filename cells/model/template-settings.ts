/**
 * What a notebook tells a chat template beside the conversation. A prompt must not change with the day, the place or the machine, so
 * the date is fixed unless it is given, and reasoning models do not think unless they are told to.
 */

/** Arguments of the chat template. All but `system` are passed to it under their own names. */
export type TemplateSettings = {
  /** Whether a reasoning model thinks before it answers. Default: false, also in training. */
  readonly enable_thinking?: boolean;
  /** The day that the template writes, such as "26 Jul 2024", which is the default. */
  readonly date_string?: string;
  /** The system prompt of conversations that do not begin with one. */
  readonly system?: string;
  readonly tools?: readonly unknown[];
  readonly [argument: string]: unknown;
};

/** The day on which all prompts are written; Llama 3.1 and 3.2 have it as their own default. */
export const defaultDate = "26 Jul 2024";

/** Names that the rendering itself sets. */
const reserved = [
  "messages",
  "add_generation_prompt",
  "bos_token",
  "eos_token",
  "pad_token",
  "unk_token",
  "strftime_now",
];

/** The arguments with their defaults, as far as the template uses them, for its rendering and for records. @throws naming an argument that it does not use */
export function templateArguments(source: string, given: TemplateSettings, where: string): TemplateSettings {
  const uses = (name: string): boolean => new RegExp(`\\b${name}\\b`).test(source);
  const thinks = uses("enable_thinking") || source.includes("<think>");
  const dated = uses("date_string") || uses("strftime_now");
  const known = (name: string): boolean =>
    name === "system" || (name === "enable_thinking" && thinks) || (name === "date_string" && dated) || uses(name);
  const unknown = Object.keys(given).filter((name) => reserved.includes(name) || !known(name));
  if (unknown.length > 0)
    throw new Error(
      `The chat template of ${where} does not use ${unknown.join(", ")}. Check the names in template: { … } of chatModel(…).`,
    );
  return {
    ...(thinks && { enable_thinking: false }),
    ...(dated && { date_string: defaultDate }),
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  };
}

const days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const months = "January February March April May June July August September October November December".split(" ");

/** Python's `strftime` in English, for midnight of a day. @throws if the day cannot be read, or for a format that is not known */
export function strftime(day: string, format: string): string {
  const time = new Date(`${day} UTC`);
  const date = Number.isNaN(time.getTime()) ? new Date(day) : time;
  if (Number.isNaN(date.getTime()))
    throw new Error(
      `the template asks for the day as "${format}", but date_string "${day}" is not a date such as "${defaultDate}"`,
    );
  const two = (number: number): string => String(number).padStart(2, "0");
  const firstDay = Date.UTC(date.getUTCFullYear(), 0, 1);
  const parts: Readonly<Record<string, string>> = {
    a: days[date.getUTCDay()]!.slice(0, 3),
    A: days[date.getUTCDay()]!,
    b: months[date.getUTCMonth()]!.slice(0, 3),
    B: months[date.getUTCMonth()]!,
    d: two(date.getUTCDate()),
    e: String(date.getUTCDate()).padStart(2, " "),
    H: two(date.getUTCHours()),
    I: two(date.getUTCHours() % 12 || 12),
    j: String(1 + Math.floor((date.getTime() - firstDay) / 864e5)).padStart(3, "0"),
    m: two(date.getUTCMonth() + 1),
    M: two(date.getUTCMinutes()),
    p: date.getUTCHours() < 12 ? "AM" : "PM",
    S: two(date.getUTCSeconds()),
    w: String(date.getUTCDay()),
    y: two(date.getUTCFullYear() % 100),
    Y: String(date.getUTCFullYear()),
    Z: "UTC",
    z: "+0000",
    "%": "%",
  };
  return format.replace(/%(-?)(.?)/gs, (directive, plain: string, letter: string) => {
    const part = Object.hasOwn(parts, letter) ? parts[letter]! : undefined;
    if (part === undefined) throw new Error(`Palimpsest does not know "${directive}" of strftime_now("${format}")`);
    return plain ? part.replace(/^[0 ]+(?=.)/, "") : part;
  });
}
