/**
 * Puts the workspace of a record together again, in a folder of its own: the notebook, project files and data files, the models that
 * it names, and the checkpoints that runs continue from. Nothing of the record is changed, and nothing of the user's workspace.
 */
import { copyFile, link, mkdir, mkdtemp, readFile, realpath, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { holds } from "../session/inside.ts";
import { makeFolder } from "../session/write-file.ts";
import { findModel } from "./model-places.ts";
import { Damaged, type OpenRecord } from "./open-record.ts";
import { type RecordedModel, runFolderOf, WORKSPACE } from "./record.ts";
import type { Round } from "./replay.ts";
import { copyFiles, digestOf } from "./used-files.ts";

/** Models may lie a few folders above the notebook. */
const DEPTH = ["a", "b", "c", "d"];

export class RepeatedWorkspace {
  readonly workspace: string;
  readonly #root: string;
  readonly #open: OpenRecord;

  private constructor(root: string, open: OpenRecord) {
    this.#root = root;
    this.#open = open;
    this.workspace = join(root, ...DEPTH, WORKSPACE);
  }

  /**
   * @param given a folder with models and data files that the record names by digest alone
   * @throws Damaged naming what is missing or has another digest
   */
  static async make(open: OpenRecord, given: string | undefined): Promise<RepeatedWorkspace> {
    const root = await realpath(await mkdtemp(join(tmpdir(), "palimpsest-verify-")));
    const made = new RepeatedWorkspace(root, open);
    try {
      await made.#fill(given);
      return made;
    } catch (error) {
      await made.remove();
      throw error;
    }
  }

  /** Lays the checkpoints of a round where its runs look for them. */
  async prepare({ targets }: Round): Promise<void> {
    for (const { run, from } of targets) {
      if (from === 0) continue;
      const [own, target] = [join(this.#open.folder, runFolderOf(run.id)), this.#runFolder(run.id)];
      await rm(target, { recursive: true, force: true });
      await makeFolder(join(target, "checkpoints"));
      const name = join("checkpoints", `${from}.safetensors`);
      await copyFile(join(own, name), join(target, name));
      for (const table of ["rows.jsonl", "probes.jsonl"]) await copyFile(join(own, table), join(target, table));
      const changes = run.changes.filter(({ step }) => step <= from).map((change) => `${JSON.stringify(change)}\n`);
      await writeFile(join(target, "events.jsonl"), changes.join(""));
      const description: object = JSON.parse(await readFile(join(own, "run.json"), "utf8"));
      const cut = { ...description, status: "running", checkpoints: [{ step: from, marked: true }] };
      await writeFile(join(target, "run.json"), JSON.stringify(cut));
    }
  }

  async remove(): Promise<void> {
    await rm(this.#root, { recursive: true, force: true });
  }

  #runFolder(id: string): string {
    return join(this.workspace, ".palimpsest", runFolderOf(id));
  }

  async #fill(given: string | undefined): Promise<void> {
    const { folder, record, workspace } = this.#open;
    await makeFolder(this.workspace);
    await copyFiles(join(folder, WORKSPACE), this.workspace, workspace);
    for (const { path, sha256, included } of record.data) {
      if (included) continue;
      const places = [given, resolve(folder, "../../..")].filter((place) => place !== undefined);
      await this.#found(path, sha256, places);
    }
    for (const model of record.models) await this.#model(model, given);
    if (Object.keys(record.environment).some((name) => name.startsWith("package "))) await this.#linkPackages();
  }

  /** A large data file: what counts is its content. */
  async #found(path: string, sha256: string, places: readonly string[]): Promise<void> {
    let changed = false;
    for (const place of places.map((each) => join(each, path))) {
      const digest = await digestOf(place).catch(() => undefined);
      if (digest !== undefined && digest !== sha256) changed = true;
      if (digest !== sha256) continue;
      const target = join(this.workspace, path);
      await makeFolder(dirname(target));
      return link(place, target).catch(() => copyFile(place, target));
    }
    throw new Damaged(
      changed
        ? `${path} is not the recorded file: its digest differs.`
        : `${path} is not in the record, which holds only its digest. Give the folder that has it with --files <folder>.`,
    );
  }

  async #model(model: RecordedModel, given: string | undefined): Promise<void> {
    if (model.origin === "workspace") return;
    const found = await findModel(model, given);
    if (!found)
      throw new Damaged(
        `The model ${model.name} is not in the record, which holds only its digests. Give its folder with --files <folder>.`,
      );
    if ("changed" in found) throw new Damaged(`${found.changed} is not the recorded file of the model ${model.name}.`);
    if (model.origin === "shipped") return;
    const place = resolve(dirname(join(this.workspace, this.#open.record.notebook)), model.name);
    if (!holds(this.#root, place)) throw new Damaged(`The model ${model.name} has a name that leads too far up.`);
    await mkdir(dirname(place), { recursive: true });
    await symlink(found.folder, place);
  }

  /** Packages of the user come from where the record lies, or from the present folder. */
  async #linkPackages(): Promise<void> {
    for (const from of [this.#open.folder, process.cwd()])
      for (let above = from; ; above = dirname(above)) {
        const modules = join(above, "node_modules");
        if ((await stat(modules).catch(() => undefined))?.isDirectory())
          return symlink(modules, join(this.workspace, "node_modules"));
        if (dirname(above) === above) break;
      }
  }
}
