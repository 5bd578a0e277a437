/** Dates, the invalid one included. */
import type { Codec } from "./codec.ts";

/** `time` in milliseconds since 1970; null for an invalid date. */
type DateNode = { readonly kind: "date"; readonly time: number | null };

export const dates: Codec<DateNode> = {
  kind: "date",
  encode: (value) =>
    value instanceof Date ? { kind: "date", time: Number.isNaN(value.getTime()) ? null : value.getTime() } : undefined,
  decode: ({ time }) => new Date(time ?? Number.NaN),
};
