/**
 * Makes the part of a page that runs a notebook in it: the text that the page carries, the script that starts it, and what the page's
 * security policy must allow. It reads files and runs nothing.
 */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { deflateRaw } from "node:zlib";
import { backendEnvironment, environment } from "../records/environment.ts";
import { openRecord, ownFiles } from "../records/open-record.ts";
import { ownVersion } from "../session/own-version.ts";
import type { About } from "./about.ts";
import { codeOf } from "./bundle.ts";
import { asText, type Listed } from "./container.ts";
import { MANIFEST, type Manifest } from "./manifest.ts";
import { ABOUT, KERNELS, MODELS, RECORD, TFJS, WORKSPACE } from "./places.ts";

/** What is to run in a page. */
export type Runnable = Manifest & {
  /** The files of the workspace that it reads, the notebook among them, by their paths in the workspace. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Models that ship with Palimpsest, by name, each with its folder. Other models are files of the workspace. */
  readonly models: ReadonlyMap<string, string>;
  /** The folder of its record; with it, the page can verify it. */
  readonly record?: string;
};

export type PagePart = {
  /** Goes into `<script type="text/plain" id="…">`; `pal-run-in-page` takes it. No character of it means anything in HTML. */
  readonly payload: string;
  /** Defines the element `pal-run-in-page`: a classic script. A page whose own script imports `ui/run-in-page` does not need it. */
  readonly script: string;
  /** What the page's policy must allow besides its own scripts. */
  readonly policy: { readonly "script-src": string; readonly "worker-src": string };
};

const root = fileURLToPath(new URL("../..", import.meta.url));
const packed = promisify(deflateRaw);

export async function pagePart(runnable: Runnable): Promise<PagePart> {
  const [payload, script] = await Promise.all([payloadOf(runnable), codeOf("element")]);
  return { payload, script, policy: { "script-src": "'wasm-unsafe-eval' blob:", "worker-src": "blob:" } };
}

/** The text alone. */
export async function payloadOf(runnable: Runnable): Promise<string> {
  return asText(await containerOf(await filesOf(runnable)));
}

/** @throws Damaged if the record was changed */
async function filesOf({ files, models, record, ...manifest }: Runnable): Promise<ReadonlyMap<string, Uint8Array>> {
  const all = new Map<string, Uint8Array>();
  const text = (value: string): Uint8Array => new TextEncoder().encode(value);
  const [session, kernel] = await Promise.all([codeOf("session"), codeOf("kernel")]);
  all.set("session.js", text(session));
  all.set("kernel.js", text(kernel));
  all.set(MANIFEST, text(JSON.stringify(manifest)));
  all.set(ABOUT, text(JSON.stringify(aboutThisCode())));
  all.set(KERNELS, await readFile(join(root, "cells/device/wasm/kernels.wasm")));
  all.set(TFJS, await readFile(fileURLToPath(import.meta.resolve(TFJS_BINARY))));
  for (const [path, bytes] of files) all.set(`${WORKSPACE}/${path}`, bytes);
  for (const [name, folder] of models)
    for (const file of await readdir(folder)) all.set(`${MODELS}/${name}/${file}`, await readFile(join(folder, file)));
  if (record !== undefined) {
    const open = await openRecord(record);
    for (const path of await ownFiles(open)) all.set(`${RECORD}/${path}`, await readFile(join(record, path)));
  }
  return all;
}

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
    const part = await packed(bytes, { level: 9 });
    list.push({ name, bytes: part.byteLength, sha256: createHash("sha256").update(bytes).digest("hex") });
    parts.push(part);
  }
  const names = new TextEncoder().encode(JSON.stringify(list));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(names.byteLength);
  return Buffer.concat([length, names, ...parts]);
}
