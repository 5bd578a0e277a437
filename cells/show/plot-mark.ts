/**
 * Turns one call of a Plot mark into data. Channels that are functions are evaluated here, in the cell, and become columns. Of
 * records, only the fields that the options name are included. The page passes the columns and options to the real Observable
 * Plot.
 */
import type { RunTable } from "../contracts.ts";
import type { Columns, Datum, PlotMark, PlotOptions, PlotValue } from "../output.ts";
import { datum } from "./datum.ts";
import { isLiveTable } from "./live-tables.ts";
import { isExact, plotColumn } from "./plot-column.ts";

/** The options of a mark as Plot accepts them: JSON, functions, lists. */
export type RawOptions = object;

/** Options whose functions are not channels. They would have to run in the page, which runs no code of cells. */
const pageFunctions = new Set([
  "render",
  "initializer",
  "transform",
  "tickFormat",
  "format",
  "interval",
  "curve",
  "pointer",
]);

/** Channels that may be given as one list with a value for each item. */
const listChannels =
  /^(?:f?[xy]|[xy][12]|z|r|fill|stroke|title|text|href|src|length|rotate|symbol|weight|fontSize|(?:fill|stroke)?[oO]pacity|strokeWidth)$/;

/** @throws if an option is a function that cannot be evaluated to a column. */
export function plotMark(mark: string, data: unknown, options: RawOptions = {}): PlotMark {
  if (data === undefined || data === null) return { mark, data: null, options: plotOptions(options, `Plot.${mark}`) };
  if (isLiveTable(data)) return liveMark(mark, data, options);
  return columnMark(mark, [...itemsOf(mark, data)], options);
}

function itemsOf(mark: string, data: unknown): Iterable<unknown> {
  if (typeof data === "object" && data !== null) {
    if (Symbol.iterator in data) return data as Iterable<unknown>;
    if ("length" in data && typeof data.length === "number") return Array.from(data as ArrayLike<unknown>);
  }
  throw new Error(`The data of Plot.${mark} must be a list or another iterable, not ${typeof data}.`);
}

/** A live table grows in the page, so its channels must be names of columns. */
function liveMark(mark: string, table: RunTable<object>, options: RawOptions): PlotMark {
  const found = findFunction(options, []);
  if (found) {
    throw new Error(
      `Plot.${mark} draws a live table, so its channels must be names of columns, but ${found.join(".")} is a function. ` +
        "Name a column, or draw the rows as they are now: [...run.rows].",
    );
  }
  return { mark, data: { kind: "live", ...table.live }, options: plotOptions(options, `Plot.${mark}`) };
}

function columnMark(mark: string, data: unknown[], options: RawOptions): PlotMark {
  const all: Record<string, unknown> = { ...options };
  const { filter, sort, ...others } = all;
  let items = data;
  if (isFunction(filter)) items = items.filter((item, i) => filter(item, i));
  else if (filter !== undefined) others.filter = filter;
  if (isFunction(sort) && sort.length !== 1) items = [...items].sort((a, b) => Number(sort(a, b)));
  else if (sort !== undefined) others.sort = sort;

  const raw = new Map<string, readonly unknown[]>();
  const hasField = (name: string): boolean => items.some((item) => isRecord(item) && name in item);
  const add = (channel: string, values: readonly unknown[]): string => {
    let name = channel;
    while (raw.has(name) || hasField(name)) name += "′";
    raw.set(name, values);
    return name;
  };
  const given = withListColumns(withDefaultChannels(mark, items, others, raw), items.length, add);
  const written = plotOptions(given, `Plot.${mark}`, (channel, read) => add(channel, items.map(read)));
  const names = new Set<string>();
  collectNames(written, names);
  for (const name of names) {
    if (raw.has(name) || !hasField(name)) continue;
    raw.set(
      name,
      items.map((item) => (isRecord(item) ? Reflect.get(item, name) : null)),
    );
  }
  const columns: Record<string, readonly Datum[]> = {};
  const notes: string[] = [];
  for (const [name, values] of raw) {
    const column = plotColumn(name, values);
    columns[name] = column.values;
    notes.push(...column.notes);
  }
  return {
    mark,
    data: { kind: "columns", columns: columns satisfies Columns, length: items.length },
    options: written,
    ...(notes.length > 0 && { notes }),
  };
}

/** Channels that are lists become columns, so that each value stays with its item. */
function withListColumns(
  options: RawOptions,
  length: number,
  add: (channel: string, values: readonly unknown[]) => string,
): RawOptions {
  const entries = Object.entries(options).map(([key, value]) => {
    if (!listChannels.test(key) || !(Array.isArray(value) || ArrayBuffer.isView(value))) return [key, value] as const;
    const list = Array.from(value as unknown as ArrayLike<unknown>);
    return [key, list.length === length ? add(key, list) : list] as const;
  });
  return Object.fromEntries(entries);
}

/** Plot takes plain numbers as y, and pairs as x and y. Here these columns get names. */
function withDefaultChannels(
  mark: string,
  items: unknown[],
  options: Record<string, unknown>,
  columns: Map<string, readonly unknown[]>,
): RawOptions {
  const first = items.find((item) => item !== null && item !== undefined);
  if (first === undefined || isRecord(first)) return options;
  const has = (...channels: string[]): boolean => channels.some((channel) => channel in options);
  const column = (name: string, read: (item: unknown, i: number) => unknown): string => {
    columns.set(name, items.map(read));
    return name;
  };
  if (Array.isArray(first)) {
    const part = (at: number) => (item: unknown) => (Array.isArray(item) ? item[at] : null);
    return {
      ...options,
      ...(has("x") ? {} : { x: column("0", part(0)) }),
      ...(has("y") ? {} : { y: column("1", part(1)) }),
    };
  }
  const axis = mark.endsWith("X") ? "x" : "y";
  const other = axis === "x" ? "y" : "x";
  const hasOneAxis = /^(rule|tick|dot|text|vector|cell)/.test(mark);
  if (has(axis, `${axis}1`, `${axis}2`)) return options;
  return {
    ...options,
    [axis]: column("value", (item) => item),
    ...(hasOneAxis || has(other) ? {} : { [other]: column("index", (_item, i) => i) }),
  };
}

/**
 * Options as plain data.
 * @param column turns a function into a column and returns the column's name; without it, functions are not allowed
 * @throws if an option is a function that is not allowed; the message names the option
 */
export function plotOptions(
  options: RawOptions,
  where: string,
  column?: (channel: string, read: Reader) => string,
): PlotOptions {
  const write = (value: unknown, path: readonly string[]): PlotValue => {
    const key = path.at(-1) ?? "";
    if (isFunction(value)) {
      if (column && !pageFunctions.has(key)) return column(key === "value" ? (path.at(-2) ?? key) : key, value);
      throw new Error(
        `${where}: ${path.join(".")} is a function, which the page cannot run. ` +
          'Give a channel of a mark with data as a function, or a format as text, such as ".1%".',
      );
    }
    if (value === undefined) return undefined;
    if (Array.isArray(value) || ArrayBuffer.isView(value)) {
      return Array.from(value as unknown as ArrayLike<unknown>, (each, i) => write(each, [...path, String(i)]));
    }
    if (isRecord(value)) return writeFields(value, path);
    if (typeof value === "bigint") return isExact(value) ? Number(value) : String(value);
    return datum(value);
  };
  const writeFields = (fields: object, path: readonly string[]): PlotOptions =>
    Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, write(field, [...path, key])]));
  return writeFields(options, []);
}

type Reader = (item: unknown, index: number) => unknown;

const isFunction = (value: unknown): value is (...given: unknown[]) => unknown => typeof value === "function";
const isRecord = (value: unknown): value is object =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Date) &&
  !ArrayBuffer.isView(value);

function findFunction(value: unknown, path: readonly string[]): readonly string[] | undefined {
  if (isFunction(value)) return path;
  if (!isRecord(value)) return undefined;
  for (const [key, field] of Object.entries(value)) {
    const found = findFunction(field, [...path, key]);
    if (found) return found;
  }
  return undefined;
}

function collectNames(value: PlotValue, names: Set<string>): void {
  if (typeof value === "string") names.add(value);
  else if (Array.isArray(value)) for (const each of value) collectNames(each, names);
  else if (isRecord(value)) for (const each of Object.values(value)) collectNames(each, names);
}
