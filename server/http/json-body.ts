/** Reads the JSON of a request by its schema. */
import type { Context } from "hono";
import type * as v from "valibot";
import { checked } from "../session/schema/fault.ts";
import { Denied } from "../workspace.ts";

/** @throws Denied naming the field and what is wrong with it */
export async function jsonBody<T>(c: Context, schema: v.GenericSchema<unknown, T>, what: string): Promise<T> {
  const read = checked(schema, await c.req.json().catch(() => undefined));
  if ("fault" in read) throw new Denied(400, `Invalid ${what}: ${read.fault}.`);
  return read.value;
}
