/** Reads what a page sent. Nothing that comes over the wire is believed to have the shape that its type says. */
import type { Cell, CellMode } from "../notebook/types.ts";
import type { ClientMessage, Request } from "../protocol.ts";
import type { InputValue, RunOrder } from "../values.ts";

type Fields = Readonly<Record<string, unknown>>;

/** @returns undefined for anything that is not a message of the protocol. */
export function clientMessage(text: string): ClientMessage | undefined {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!record(message) || typeof message.id !== "number" || !record(message.request)) return undefined;
  const request = requestOf(message.request);
  return request && { id: message.id, request };
}

function requestOf(fields: Fields): Request | undefined {
  const { type, cell, source, by, after, kind, to, mode, cells, name, value, run } = fields;
  const { flag, on, lazy, ask } = fields;
  switch (type) {
    case "edit":
      return text(cell) && text(source) && text(by) ? { type, cell, source, by } : undefined;
    case "insert":
      if (!place(after) || (kind !== "code" && kind !== "markdown")) return undefined;
      return { type, after, kind, ...(text(source) && { source }) };
    case "remove":
      return text(cell) ? { type, cell } : undefined;
    case "put-back": {
      const whole = cellOf(cell);
      return whole && place(after) ? { type, cell: whole, after } : undefined;
    }
    case "move":
      return text(cell) && place(after) ? { type, cell, after } : undefined;
    case "rename":
      return text(cell) && text(to) ? { type, cell, to } : undefined;
    case "mode":
      return text(cell) && isMode(mode) ? { type, cell, mode } : undefined;
    case "flag":
      if (!text(cell) || typeof on !== "boolean") return undefined;
      return flag === "cache" || flag === "disabled" ? { type, cell, flag, on } : undefined;
    case "settings":
      if (lazy !== undefined && typeof lazy !== "boolean") return undefined;
      if (ask !== undefined && ask !== "never" && typeof ask !== "number") return undefined;
      return { type, ...(lazy !== undefined && { lazy }), ...(ask !== undefined && { ask }) };
    case "answer":
      return typeof run === "boolean" ? { type, run } : undefined;
    case "run":
      if (cells === "all" || cells === "stale") return { type, cells };
      return Array.isArray(cells) && cells.every(text) ? { type, cells } : undefined;
    case "stop":
      return cell === undefined ? { type } : text(cell) ? { type, cell } : undefined;
    case "input":
      if (!text(cell) || !text(name)) return undefined;
      return isInputValue(value) ? { type, cell, name, value } : undefined;
    case "steer": {
      const order = record(fields.order) ? orderOf(fields.order) : undefined;
      return text(run) && order ? { type, run, order } : undefined;
    }
    case "restart-kernel":
      return { type };
    default:
      return undefined;
  }
}

function orderOf({ type, steps, to, at, knobs }: Fields): RunOrder | undefined {
  switch (type) {
    case "pause":
    case "resume":
    case "stop":
    case "checkpoint":
      return { type };
    case "step":
      return count(steps) && steps > 0 ? { type, steps } : undefined;
    case "rewind":
      return count(to) ? { type, to } : undefined;
    case "fork":
      if (!count(at) || !record(knobs) || !Object.values(knobs).every(isInputValue)) return undefined;
      return { type, at, knobs: knobs as Readonly<Record<string, InputValue>> };
    default:
      return undefined;
  }
}

function count(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0;
}

function cellOf(fields: unknown): Cell | undefined {
  if (!record(fields)) return undefined;
  const { id, kind, source, mode, options } = fields;
  if (!text(id) || !text(source) || (kind !== "code" && kind !== "markdown") || !isMode(mode)) return undefined;
  if (!record(options) || !Object.values(options).every(text)) return undefined;
  return { id, kind, source, mode, options: options as Cell["options"] };
}

function isMode(value: unknown): value is CellMode {
  return value === "auto" || value === "manual" || value === "once";
}

/** Whether it suits the input is the session's to say. */
function isInputValue(value: unknown): value is InputValue {
  if (!Array.isArray(value)) return ["number", "string", "boolean"].includes(typeof value);
  return value.every(text) || value.every(record);
}

function record(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}

function text(value: unknown): value is string {
  return typeof value === "string";
}

function place(value: unknown): value is string | null {
  return value === null || typeof value === "string";
}
