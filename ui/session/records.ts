/** What the page asks the server about records: save, list, show, open, send an archive. */
import type {
  ForkedNotebook,
  ForkOrder,
  OpenedNotebook,
  RecordDetails,
  RecordSummary,
  Saved,
  SaveOrder,
} from "../../server/runs/records.ts";
import { readAnswer, request } from "./http.ts";

const JSON_BODY = { "content-type": "application/json" };

/** @throws with a message for the user, as all of these do */
export async function saveExperiment(order: SaveOrder): Promise<Saved> {
  const init = { method: "POST", headers: JSON_BODY, body: JSON.stringify(order) };
  return readAnswer(await request("/api/records", init));
}

export async function listRecords(): Promise<readonly RecordSummary[]> {
  return readAnswer(await request("/api/records", { cache: "no-store" }));
}

export async function readRecord(key: string): Promise<RecordDetails> {
  return readAnswer(await request(`/api/records/one?${queryOf(key)}`, { cache: "no-store" }));
}

/** Makes a notebook of a record, in a folder of its own. */
export async function openRecord(key: string): Promise<OpenedNotebook> {
  const init = { method: "POST", headers: JSON_BODY, body: JSON.stringify({ record: key }) };
  return readAnswer(await request("/api/records/open", init));
}

/** Makes a new notebook of a record beside the recorded one. */
export async function forkRecord(order: ForkOrder): Promise<ForkedNotebook> {
  const init = { method: "POST", headers: JSON_BODY, body: JSON.stringify(order) };
  return readAnswer(await request("/api/records/fork", init));
}

export async function openArchive(file: File): Promise<OpenedNotebook> {
  const query = new URLSearchParams({ name: file.name });
  return readAnswer(await request(`/api/records/archive?${query}`, { method: "POST", body: file }));
}

export function recordAddress(key: string): string {
  return `/records/one?${queryOf(key)}`;
}

export function archiveAddress(key: string): string {
  return `/api/records/archive?${queryOf(key)}`;
}

function queryOf(key: string): string {
  return new URLSearchParams({ record: key }).toString();
}
