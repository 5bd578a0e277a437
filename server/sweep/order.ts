/**
 * What was asked of a sweep, in `orders/<id>/order.json` of its folder: the arguments, so that the same sweep can be started
 * again, and the entries, so that it is known which of them are missing. The id is the hash of the entries: the same command
 * gives the same order, and a larger grid another one that shares the entries.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import * as v from "valibot";
import { readRegularFile } from "../session/read-file.ts";
import { checked } from "../session/schema/fault.ts";
import { writeSafely } from "../session/write-file.ts";
import type { Entry } from "./entries.ts";
import type { SweepFolder } from "./sweep-folder.ts";

/** In bytes. */
const LARGEST = 20e6;

const texts = v.array(v.string());
const row = v.record(v.string(), v.union([v.number(), v.string(), v.boolean()]));
const inputValue = v.union([v.number(), v.string(), v.boolean(), texts, v.array(row)]);
const order = v.object({
  notebook: v.string(),
  snapshot: v.string(),
  /** Milliseconds since 1970: when it was asked for the first time, and the last time. */
  created: v.number(),
  started: v.number(),
  /** As the command line takes them. */
  arguments: v.object({
    grid: texts,
    range: texts,
    set: texts,
    random: v.optional(v.string()),
    seeds: v.optional(v.string()),
    jobs: v.optional(v.string()),
    on: v.picklist(["local", "slurm"]),
    backend: v.optional(v.string()),
    memory: v.optional(v.string()),
  }),
  entries: v.array(
    v.object({
      id: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)),
      settings: v.record(v.string(), inputValue),
      seed: v.number(),
    }),
  ),
});
export type Order = v.InferOutput<typeof order>;
export type OrderArguments = Order["arguments"];

export function orderId(entries: readonly { readonly id: string }[]): string {
  const ids = entries.map(({ id }) => id).sort();
  return createHash("sha256").update(ids.join()).digest("hex").slice(0, 8);
}

export type Asked = Omit<Order, "created" | "started" | "entries"> & { readonly entries: readonly Named[] };
type Named = Pick<Entry, "id" | "settings" | "seed">;

/** Writes it down, or that it was asked for again. @returns its id. @throws if a link leads elsewhere */
export async function writeOrder(folder: SweepFolder, asked: Asked): Promise<string> {
  const id = orderId(asked.entries);
  await folder.requireOwn(folder.orderFolder(id));
  const started = Date.now();
  const created = (await readOrder(folder, id))?.created ?? started;
  const { notebook, snapshot, entries } = asked;
  const known = entries.map(({ id, settings, seed }) => ({ id, settings, seed }));
  const written = { notebook, snapshot, created, started, arguments: asked.arguments, entries: known };
  await writeSafely(join(folder.orderFolder(id), "order.json"), `${JSON.stringify(written)}\n`);
  return id;
}

/** @returns undefined if there is none, or if it is not valid */
export async function readOrder(folder: SweepFolder, id: string): Promise<Order | undefined> {
  try {
    const path = join(folder.orderFolder(id), "order.json");
    const text = await readRegularFile(path, { inside: folder.path, most: LARGEST });
    const read = checked(order, JSON.parse(text.toString("utf8")));
    return "value" in read ? read.value : undefined;
  } catch {
    return undefined;
  }
}

/** The arguments of `palimpsest sweep` after the notebook. Each is one word, so that no value is taken for an option. */
export function asWords({ grid, range, set, ...single }: OrderArguments): readonly string[] {
  const several = Object.entries({ grid, range, set }).flatMap(([name, all]) => all.map((text) => `--${name}=${text}`));
  return [...several, ...Object.entries(single).flatMap(([name, text]) => (text ? [`--${name}=${text}`] : []))];
}
