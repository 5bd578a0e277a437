/**
 * Makes the part of a page that runs a notebook in it: the text that the page carries, and what its security policy must allow. It
 * reads files and runs nothing.
 */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { deflateRaw } from "node:zlib";
import { backendEnvironment, environment } from "../records/environment.ts";
import { findModel } from "../records/model-places.ts";
import { Damaged, isWeights, openRecord, ownFiles } from "../records/open-record.ts";
import { WORKSPACE as RECORDED } from "../records/record.ts";
import { ownVersion } from "../session/own-version.ts";
import type { PagePart } from "../share/page.ts";
import type { About } from "./about.ts";
import { codeOf } from "./bundle.ts";
import { asText, inPlanes, type Listed } from "./container.ts";
import { MANIFEST, type Manifest } from "./manifest.ts";
import { ABOUT, GIVEN, KERNELS, MODELS, RECORD, TFJS, WORKSPACE } from "./places.ts";

/** What is to run in a page. */
export type Runnable = Omit<Manifest, "outside"> & {
  /** The files of the workspace that it reads, the notebook among them, by their paths in the workspace. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Models that are no files of the workspace. */
  readonly models: readonly CarriedModel[];
  /** The folder of its record; with it, the page can verify it. */
  readonly record?: string;
};

export type CarriedModel = {
  /** As the cells name it. */
  readonly name: string;
  readonly folder: string;
  /** `shipped` with Palimpsest. */
  readonly origin: "shipped" | "outside";
};

const POLICY: PagePart["policy"] = { "script-src": "'wasm-unsafe-eval' blob:", "worker-src": "blob:" };

const root = fileURLToPath(new URL("../..", import.meta.url));
const packed = promisify(deflateRaw);

/** What a page carries to run it. @throws Damaged if its record was changed */
export async function pagePart(runnable: Runnable): Promise<PagePart> {
  return { payload: asText(await containerOf(await filesOf(runnable))), policy: POLICY };
}

/**
 * A record as something to run: its notebook with the recorded inputs, and its files.
 * @param given a folder with models that the record names by digest alone
 * @throws Damaged if a file was changed, or a model is not found
 */
export async function runnableOf(record: string, given?: string): Promise<Runnable> {
  const { record: content, workspace } = await openRecord(record);
  const files = new Map<string, Uint8Array>();
  for (const path of workspace) files.set(path, await readFile(join(record, RECORDED, path)));
  const models: CarriedModel[] = [];
  for (const model of content.models) {
    const { name, origin } = model;
    if (origin === "workspace") continue;
    const found = await findModel(model, given);
    if (!found || "changed" in found) throw new Damaged(`The files of the model ${name} are not here as they were.`);
    models.push({ name, origin, folder: found.folder });
  }
  const { notebook, seed, inputs } = content;
  return { notebook, seed, inputs, files, models, record };
}

/** @throws Damaged if the record was changed */
async function filesOf({ files, models, record, ...manifest }: Runnable): Promise<ReadonlyMap<string, Uint8Array>> {
  const all = new Map<string, Uint8Array>();
  const text = (value: string): Uint8Array => new TextEncoder().encode(value);
  const [session, kernel] = await Promise.all([codeOf("session"), codeOf("kernel")]);
  all.set("session.js", text(session));
  all.set("kernel.js", text(kernel));
  const outside = models.filter(({ origin }) => origin === "outside").map(({ name }) => name);
  all.set(MANIFEST, text(JSON.stringify({ ...manifest, outside } satisfies Manifest)));
  all.set(ABOUT, text(JSON.stringify(aboutThisCode())));
  all.set(KERNELS, await readFile(join(root, "cells/device/wasm/kernels.wasm")));
  all.set(TFJS, await readFile(createRequire(import.meta.url).resolve(TFJS_BINARY)));
  for (const { name, folder, origin } of models) {
    const place = origin === "shipped" ? `${MODELS}/${name}` : `${GIVEN}/${basename(name)}`;
    for (const file of await readdir(folder)) all.set(`${place}/${file}`, await readFile(join(folder, file)));
  }
  if (record !== undefined) {
    const open = await openRecord(record);
    for (const path of await ownFiles(open))
      if (!isWeights(path)) all.set(`${RECORD}/${path}`, await readFile(join(record, path)));
  }
  for (const [path, bytes] of files) {
    // The page takes what it lacks from the record.
    const recorded = all.get(`${RECORD}/${RECORDED}/${path}`);
    if (!recorded || Buffer.compare(recorded, bytes) !== 0) all.set(`${WORKSPACE}/${path}`, bytes);
  }
  return all;
}

/** Of a weight in 32 bits, and two of those in 16. */
const NUMBER_BYTES = 4;

const TFJS_BINARY = "@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-simd.wasm";

function aboutThisCode(): About {
  const libraries = Object.entries(environment()).filter(([name]) => name.startsWith("library "));
  const kernels = Object.fromEntries(
    ["wasm", "webgpu", "cpu"].map((name) => [name, backendEnvironment(name).kernels!]),
  );
  return { version: ownVersion(), kernels, libraries: Object.fromEntries(libraries) };
}

export async function containerOf(files: ReadonlyMap<string, Uint8Array>): Promise<Uint8Array> {
  const list: Listed[] = [];
  const parts: Uint8Array[] = [];
  for (const [name, bytes] of files) {
    const planes = name.endsWith(".safetensors") ? NUMBER_BYTES : undefined;
    const part = await packed(planes === undefined ? bytes : inPlanes(bytes, planes), { level: 9 });
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    list.push({ name, bytes: part.byteLength, sha256, ...(planes !== undefined && { planes }) });
    parts.push(part);
  }
  const names = new TextEncoder().encode(JSON.stringify(list));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(names.byteLength);
  return Buffer.concat([length, names, ...parts]);
}
