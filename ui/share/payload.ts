/**
 * The data that a shared page carries beside its HTML. It is JSON in a script element, so that the page's code, `palimpsest
 * start page.html` and other programs can read it. The HTML shows all of it already; with the data, charts and tables become
 * interactive.
 */
import type { InputValue, Output, PlotSpec } from "../../server/values.ts";

export const SHARE_FORMAT = "palimpsest-share/1";
/** The ids of the script elements. */
export const PAYLOAD_ID = "palimpsest-share";
export const attachmentId = (index: number): string => `palimpsest-file-${index}`;

export type TableData = Extract<Output, { readonly kind: "table" }>;

/** A file inside the page, as base64 text in a script element. */
export type Attachment = {
  /** As it is saved: `radis.zip`. */
  readonly name: string;
  readonly type: string;
  readonly bytes: number;
  readonly what: "record" | "adapter" | "data" | "rows";
  /** Its path in the archive of the record, which is the first attachment: then it has no element of its own. */
  readonly inside?: string;
};

/** One finished run of a sweep. Its outputs are in template elements of the page. */
export type SharedState = { readonly name: string; readonly inputs: Readonly<Record<string, InputValue>> };

export type SharePayload = {
  readonly format: typeof SHARE_FORMAT;
  readonly title: string;
  /** The name of the file, and its text without places of the author's machine. */
  readonly notebook: { readonly name: string; readonly text: string };
  readonly inputs: Readonly<Record<string, InputValue>>;
  /** For an index of many pages. */
  readonly about: {
    readonly record?: {
      readonly id: string;
      readonly created: string;
      readonly status: string;
      readonly digest?: string;
      readonly verdict?: string;
    };
    /** How many cells are marked as not up to date. */
    readonly marked: number;
    readonly note?: string;
  };
  /** By the ids that the elements of the page name. All points are in them: a shared chart depends on no run. */
  readonly charts: Readonly<Record<string, PlotSpec>>;
  readonly tables: Readonly<Record<string, TableData>>;
  readonly attachments: readonly Attachment[];
  /** The states that the reader can choose, the one that the page shows first at the start; absent without any. */
  readonly states?: { readonly input: string; readonly all: readonly SharedState[] };
};
