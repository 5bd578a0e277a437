/**
 * What page and server say to each other about records.
 *
 *     GET  /api/records                    RecordSummary[], the newest first
 *     GET  /api/records/one?record=key     RecordDetails
 *     POST /api/records        SaveOrder   Saved; 201
 *     POST /api/records/open   RecordKey   OpenedNotebook; 201
 *     POST /api/records/fork   ForkOrder   ForkedNotebook; 201
 *     GET  /api/records/archive?record=key the record as one file
 *     POST /api/records/archive?name=      the body is an archive; OpenedNotebook; 201
 *
 * A request that fails is answered with a 4xx {message}.
 */
import type { InputValue } from "../values.ts";
import type { RecordBadge } from "./types.ts";

/** `cells`: the whole notebook, or chosen cells; what these need is saved as well. */
export type SaveOrder = {
  readonly notebook: string;
  readonly name: string;
  readonly note: string;
  readonly cells: "all" | readonly string[];
};
export type RecordKey = { readonly record: string };
/** `notebook`: the new one of the chosen cells. `changed`: data files that were changed after cells had read them. */
export type Saved = RecordKey & { readonly notebook?: string; readonly changed: readonly string[] };
/** `missing`: models and data files that the record has only by their digests, and that were not found on this machine. */
export type OpenedNotebook = { readonly notebook: string; readonly missing: readonly string[] };

/** `name`: of the new notebook, which lies beside the recorded one. */
export type ForkOrder = RecordKey & { readonly name: string };
/** `changed`: files beside it that differ from the record's. */
export type ForkedNotebook = OpenedNotebook & { readonly changed: readonly string[] };

export type RecordStatus = "running" | "done" | "failed" | "stopped";
export type RecordSummary = RecordBadge & {
  readonly name: string;
  readonly note: string;
  readonly notebook: string;
  /** ISO 8601. */
  readonly created: string;
  readonly status: RecordStatus;
  readonly seed: number;
  readonly runs: number;
};

export type Certificate = {
  readonly verdict: NonNullable<RecordBadge["verdict"]>;
  readonly verified: string;
  /** The digest of the record that was verified. */
  readonly digest: string;
  readonly coverage: "all" | "steps" | "segments";
  /** Of the machine that repeated it. */
  readonly environment: Readonly<Record<string, string>>;
};
export type RecordDetails = RecordSummary & {
  readonly ended?: string;
  /** Of `record.json`; absent if the record was cut off. */
  readonly digest?: string;
  readonly certificate?: Certificate;
  /** Verifies it in a terminal. */
  readonly command: string;
  readonly inputs: Readonly<Record<string, InputValue>>;
  readonly environment: Readonly<Record<string, string>>;
  readonly models: readonly { readonly name: string; readonly origin: "shipped" | "outside" | "workspace" }[];
  readonly data: readonly { readonly path: string; readonly bytes: number; readonly included: boolean }[];
  readonly cells: readonly { readonly id: string; readonly status: string }[];
  readonly trainings: readonly {
    readonly id: string;
    readonly method: string;
    readonly cell: string;
    readonly steps: number;
    readonly status: string;
    readonly changes: number;
  }[];
};
