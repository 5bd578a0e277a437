/**
 * The files that the cells of an experiment use, as a record keeps them. Data files and project files of the workspace go in by
 * content, up to a limit; beyond it by digest. Of models outside of the workspace only names and digests are kept.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { copyFile, readdir, stat } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { Used } from "../messages.ts";
import { holds } from "../session/inside.ts";
import { makeFolder } from "../session/write-file.ts";
import type { ExperimentRecord, RecordedFile } from "./record.ts";
import { WORKSPACE } from "./record.ts";

/** Bytes of one data file, and of all of a record, that go in by content. */
export const MOST_OF_FILE = 64 * 2 ** 20;
export const MOST_OF_DATA = 256 * 2 ** 20;

export const SHIPPED_MODELS = fileURLToPath(new URL("../../experiments/models", import.meta.url));

type Model = { readonly name: string; readonly folder: string; readonly origin: "shipped" | "outside" | "workspace" };

export class UsedFiles {
  readonly #workspace: string;
  readonly #record: string;
  readonly #models = new Map<string, Model>();
  /** By absolute path; `undefined` for what is no file. */
  readonly #found = new Map<string, RecordedFile | undefined>();
  readonly #included = new Set<string>();
  readonly #packages = new Map<string, string>();
  #bytes = 0;

  /** @param record the folder of the record */
  constructor(workspace: string, record: string) {
    this.#workspace = workspace;
    this.#record = record;
  }

  /** @returns whether the record changes with it */
  async add(used: Used): Promise<boolean> {
    switch (used.type) {
      case "model-used":
        this.#models.set(used.folder, { ...used, origin: this.#originOf(used.folder) });
        return true;
      case "package-used":
        this.#packages.set(`package ${used.name}`, `${used.version} ${used.digest.slice(0, 16)}`);
        return true;
      case "file-used":
        return this.#addFile(used.path);
    }
  }

  /** Folders of models that are not in the workspace, with what stands for them in a record. */
  get places(): ReadonlyMap<string, string> {
    const outside = [...this.#models.values()].filter(({ origin }) => origin === "outside");
    return new Map(outside.map(({ name, folder }) => [folder, localName(name, folder)]));
  }

  get packages(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#packages);
  }

  get models(): ExperimentRecord["models"] {
    return [...this.#models.values()].map(({ name, folder, origin }) => {
      const files = this.#filesOf(folder).map(([path, file]) => ({ ...file, path: slashed(relative(folder, path)) }));
      const shown = origin === "outside" ? localName(name, folder) : name;
      return { name: shown, origin, files, digests: modelDigests(files) };
    });
  }

  /** Where the models outside of the workspace are on this machine. */
  get modelFolders(): readonly { readonly name: string; readonly folder: string }[] {
    return [...this.places].map(([folder, name]) => ({ name, folder }));
  }

  get data(): ExperimentRecord["data"] {
    const inside = this.#filesOf(this.#workspace).filter(([path]) => this.#isData(path));
    return inside.map(([path, file]) => ({
      ...file,
      path: slashed(relative(this.#workspace, path)),
      included: this.#included.has(path),
    }));
  }

  #filesOf(folder: string): [string, RecordedFile][] {
    return [...this.#found].flatMap(([path, file]): [string, RecordedFile][] =>
      file && holds(folder, path) ? [[path, file]] : [],
    );
  }

  /** A file of the workspace that is neither ours nor a package's. What a user has uploaded is the user's. */
  #isData(path: string): boolean {
    const parts = relative(this.#workspace, path).split(sep);
    const own = parts.indexOf(".palimpsest");
    const ours =
      (own >= 0 && parts[own + 1] !== "files") || parts.includes("node_modules") || holds(SHIPPED_MODELS, path);
    return holds(this.#workspace, path) && !ours;
  }

  #originOf(folder: string): Model["origin"] {
    // First, since Palimpsest itself may lie in the workspace.
    if (holds(SHIPPED_MODELS, folder)) return "shipped";
    return holds(this.#workspace, folder) ? "workspace" : "outside";
  }

  async #addFile(path: string): Promise<boolean> {
    const inside = this.#isData(path);
    const ofModel = [...this.#models.keys()].some((folder) => holds(folder, path));
    if (this.#found.has(path) || (!inside && !ofModel)) return false;
    this.#found.set(path, undefined);
    const found = await stat(path).catch(() => undefined);
    if (!found?.isFile()) return false;
    if (inside && found.size <= MOST_OF_FILE && this.#bytes + found.size <= MOST_OF_DATA) {
      const copy = join(this.#record, WORKSPACE, relative(this.#workspace, path));
      await makeFolder(dirname(copy));
      await copyFile(path, copy);
      this.#bytes += found.size;
      this.#included.add(path);
      this.#found.set(path, await recordedFile(this.#record, slashed(relative(this.#record, copy))));
    } else {
      this.#found.set(path, { path: basename(path), sha256: await digestOf(path), bytes: found.size });
    }
    return true;
  }
}

/** @param files of its folder. Without a template of its own, the tokenizer's settings hold the chat template. */
function modelDigests(files: readonly RecordedFile[]): ExperimentRecord["models"][number]["digests"] {
  const of = (path: string): string | undefined => files.find((file) => file.path === path)?.sha256;
  const shards = files.filter(({ path }) => path.endsWith(".safetensors"));
  const lines = shards.map(({ path, sha256 }) => `${path} ${sha256}`).sort();
  const weights = lines.length > 0 ? createHash("sha256").update(lines.join("\n")).digest("hex") : undefined;
  const tokenizer = of("tokenizer.json");
  const template = of("chat_template.jinja") ?? of("tokenizer_config.json");
  return { ...(weights && { weights }), ...(tokenizer && { tokenizer }), ...(template && { template }) };
}

/** A model outside of the workspace is taken for a folder beside the notebook. */
function localName(name: string, folder: string): string {
  return name.startsWith("../") ? name : `./${basename(folder)}`;
}

/** @param path below the folder of the record */
export async function recordedFile(record: string, path: string): Promise<RecordedFile> {
  const place = join(record, path);
  return { path, sha256: await digestOf(place), bytes: (await stat(place)).size };
}

export async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) hash.update(chunk);
  return hash.digest("hex");
}

/** Copies files, by their paths below two folders. */
export async function copyFiles(from: string, to: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await makeFolder(dirname(join(to, path)));
    await copyFile(join(from, path), join(to, path));
  }
}

/** All files below a folder, as paths with forward slashes, in order. Links are left out. */
export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => slashed(relative(folder, join(entry.parentPath, entry.name)))).sort();
}

function slashed(path: string): string {
  return path.split(sep).join("/");
}
