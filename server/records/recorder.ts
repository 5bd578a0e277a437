/**
 * Writes the record of an experiment while it goes on, `.palimpsest/records/<id>/` in the workspace. It follows the session's
 * events, so what is cut off is a record of what there was. When all has ended, every file gets its digest, and `record.json` is
 * sealed with its own.
 */
import { createHash } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import type { Used } from "../messages.ts";
import { Project } from "../session/project.ts";
import { PROJECT_BYTES, readRegularFile } from "../session/read-file.ts";
import type { Session } from "../session/session.ts";
import { makeFolder, writeSafely } from "../session/write-file.ts";
import type { SessionState } from "../state/state.ts";
import type { CellOutputs, InputValue } from "../values.ts";
import { canonicalJson } from "./canonical-json.ts";
import { backendEnvironment, environment } from "./environment.ts";
import { rememberModels } from "./model-places.ts";
import { redactionOf } from "./private-places.ts";
import {
  type Environment,
  type ExperimentRecord,
  FORMAT,
  OUTPUTS,
  RECORD_JSON,
  RECORDS,
  RESULTS,
  SEAL,
  WORKSPACE,
} from "./record.ts";
import { RecordedRuns } from "./recorded-runs.ts";
import { type Redaction, redacted, redactedValue } from "./redaction.ts";
import { filesBelow, recordedFile, UsedFiles } from "./used-files.ts";

/**
 * What is recorded. `inputs`: the values that were set. `text`: the notebook, where its file may lag behind. `name`, `note`: of the
 * user.
 */
export type Recorded = {
  readonly workspace: string;
  readonly path: string;
  readonly seed: number;
  readonly inputs: Readonly<Record<string, InputValue>>;
  readonly text?: string;
  readonly name?: string;
  readonly note?: string;
};

export class Recorder {
  readonly folder: string;
  readonly #recorded: Recorded;
  readonly #id: string;
  readonly #created = new Date();
  readonly #used: UsedFiles;
  readonly #runs: RecordedRuns;
  /** Project files, by their paths in the workspace. */
  readonly #project = new Set<string>();
  readonly #declared: Record<string, InputValue> = {};
  #environment: Environment = environment();
  #work: Promise<unknown> = Promise.resolve();
  #dirty = false;
  #state: SessionState | undefined;
  #fault: Error | undefined;

  private constructor(recorded: Recorded, id: string) {
    this.#recorded = recorded;
    this.#id = id;
    this.folder = join(recorded.workspace, RECORDS, id);
    this.#used = new UsedFiles(recorded.workspace, this.folder);
    this.#runs = new RecordedRuns(recorded.workspace, this.folder);
  }

  /** Makes the folder, which is named by time and notebook. @throws if it cannot be written */
  static async begin(recorded: Recorded): Promise<Recorder> {
    await makeFolder(join(recorded.workspace, RECORDS));
    const [day, time] = new Date().toISOString().replace(/[-:]/g, "").split(/[T.]/);
    const word = recorded.path.replace(/\.ts$/, "").replace(/[^\w-]+/g, "-");
    for (let n = 1; ; n++) {
      const id = `${day}-${time}-${word}${n === 1 ? "" : `-${n}`}`;
      try {
        await mkdir(join(recorded.workspace, RECORDS, id), { mode: 0o700 });
        return new Recorder(recorded, id);
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
      }
    }
  }

  /** Give it to the session as `onUse`. */
  readonly onUse = (used: Used): void => {
    this.#then(async () => {
      if (await this.#used.add(used)) this.#dirty = true;
      this.#writeSoon();
    });
  };

  /** Follows a session from now on. Call it before anything runs. */
  watch(session: Session): void {
    this.#state = session.state;
    this.#then(() => this.#copySources(session.state));
    this.#dirty = true;
    this.#writeSoon();
    session.subscribe((logged) => {
      this.#state = session.state;
      const redaction = this.#redaction();
      for (const { event } of logged) {
        if (this.#runs.follow(event, session.state, redaction)) this.#dirty = true;
        if (event.type === "kernel-ready") this.#setBackend(event.backend);
        else if (event.type === "input-declared") {
          // A live input may be turned later; the run's changes say when.
          this.#declared[event.name] = event.value;
          this.#dirty = true;
        } else if (event.type === "files-read") this.#then(() => this.#copySources(session.state));
        else if (event.type === "cell-finished") this.#dirty = true;
      }
      this.#writeSoon();
    });
  }

  /** Takes what a session has used and its runs, as they are now, instead of following it. */
  async take(state: SessionState, used: readonly Used[]): Promise<void> {
    for (const each of used) await this.#used.add(each);
    if (state.kernel.status === "ready") this.#setBackend(state.kernel.backend);
    await this.#runs.take(state, this.#redaction());
  }

  /** The paths of the data files in the workspace. */
  get data(): readonly string[] {
    return this.#used.data.map(({ path }) => path).filter((path) => !this.#project.has(path));
  }

  /** Seals the record. @throws if it could not be written */
  async finish(
    state: SessionState,
    status: ExperimentRecord["status"],
    outputs: readonly CellOutputs[],
  ): Promise<void> {
    this.#state = state;
    await this.#work;
    const redaction = this.#redaction();
    const json = (value: unknown): string => `${canonicalJson(redactedValue(value, redaction))}\n`;
    await this.#copySources(state);
    await this.#runs.finish(state, redaction);
    await writeSafely(join(this.folder, OUTPUTS), json(outputs));
    await writeSafely(join(this.folder, RESULTS), json(state.results));
    const paths = (await filesBelow(this.folder)).filter((path) => path !== RECORD_JSON && path !== SEAL);
    const files = await Promise.all(paths.map((path) => recordedFile(this.folder, path)));
    const record = this.#describe(state, status);
    const adapterOf = (id: string): { readonly adapter?: string } => {
      const own = files.filter(({ path }) => path.startsWith(`runs/${id}/adapter/`));
      return own.length === 0 ? {} : { adapter: sha256(own.map((file) => `${file.path} ${file.sha256}`).join("\n")) };
    };
    const runs = record.runs.map((run) => ({ ...run, ...adapterOf(run.id) }));
    const text = `${canonicalJson({ ...record, runs, files, ended: new Date().toISOString() })}\n`;
    await writeSafely(join(this.folder, RECORD_JSON), text);
    await writeSafely(join(this.folder, SEAL), `${sha256(text)}  ${RECORD_JSON}\n`);
    await rememberModels(this.#used.modelFolders).catch(() => undefined);
    if (this.#fault) throw this.#fault;
  }

  /** Removes the record. */
  async discard(): Promise<void> {
    await this.#work;
    await rm(this.folder, { recursive: true, force: true });
  }

  #then(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch((error: Error) => {
      this.#fault ??= error;
    });
  }

  /** One write at a time; what changes meanwhile goes into the next one. */
  #writeSoon(): void {
    if (!this.#dirty) return;
    this.#then(async () => {
      if (!this.#dirty || !this.#state) return;
      this.#dirty = false;
      const record = this.#describe(this.#state, "running");
      await writeSafely(join(this.folder, RECORD_JSON), `${canonicalJson(record)}\n`);
    });
  }

  #setBackend(backend: string): void {
    this.#environment = { ...this.#environment, ...backendEnvironment(backend) };
    this.#dirty = true;
  }

  #redaction(): Redaction {
    return redactionOf(this.#recorded, this.#used.places);
  }

  /** The notebook and the project files that its cells import. */
  async #copySources(state: SessionState): Promise<void> {
    const { workspace, path } = this.#recorded;
    const notebook = join(workspace, path);
    const project = new Project(dirname(notebook), workspace);
    const found = this.#recorded.text === undefined ? [{ place: notebook, most: 16e6 }] : [];
    for (const module of Object.keys(state.files)) {
      const { paths } = await project.read(project.resolve(module));
      found.push(...paths.map((place) => ({ place, most: PROJECT_BYTES })));
    }
    if (this.#recorded.text !== undefined) await this.#writeSource(path, this.#recorded.text);
    for (const { place, most } of found) {
      const name = relative(workspace, place).split(sep).join("/");
      const bytes = await readRegularFile(place, { most, inside: workspace }).catch(() => undefined);
      if (bytes && !name.startsWith("..")) await this.#writeSource(name, bytes.toString("utf8"));
    }
  }

  async #writeSource(name: string, text: string): Promise<void> {
    this.#project.add(name);
    await writeSafely(join(this.folder, WORKSPACE, name), redacted(text, this.#redaction()));
  }

  #describe(state: SessionState, status: ExperimentRecord["status"]): ExperimentRecord {
    const redaction = this.#redaction();
    const { path, seed, inputs, name, note } = this.#recorded;
    const cells = state.cells.filter(({ analysis }) => analysis);
    return {
      format: FORMAT,
      id: this.#id,
      ...(name !== undefined && { name: redacted(name, redaction) }),
      ...(note !== undefined && { note: redacted(note, redaction) }),
      notebook: path,
      created: this.#created.toISOString(),
      status,
      seed,
      inputs: redactedValue({ ...inputs, ...this.#declared }, redaction) as ExperimentRecord["inputs"],
      environment: { ...this.#environment, ...this.#used.packages },
      models: this.#used.models,
      data: this.#used.data.filter(({ path }) => !this.#project.has(path)),
      runs: this.#runs.describe(state, redaction),
      cells: cells.map(({ cell, snapshot, status, error }) => ({
        id: cell.id,
        snapshot: snapshot ?? null,
        status,
        ...(error && { error: redacted(error.message, redaction) }),
      })),
      files: [],
    };
  }
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
