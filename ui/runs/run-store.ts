/**
 * The runs as the page knows them: the whole list once, then what changes. If the connection ends, it comes back by itself and
 * asks for what it has missed.
 */
import type { RunDelta } from "../../server/runs/api.ts";
import type { RunSummary } from "../../server/runs/types.ts";
import { listRuns } from "./requests.ts";

const RETRY_MS = 2000;

export class RunStore {
  #runs: ReadonlyMap<string, RunSummary> = new Map();
  #epoch = "";
  #version = -1;
  #socket: WebSocket | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  readonly #changed: () => void;

  /** @param changed called after each change */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get runs(): ReadonlyMap<string, RunSummary> {
    return this.#runs;
  }

  /** @throws with a message for the user */
  async load(): Promise<void> {
    const { epoch, version, runs } = await listRuns();
    [this.#epoch, this.#version] = [epoch, version];
    this.#runs = new Map(runs.map((run) => [run.key, run]));
    this.#changed();
  }

  follow(): void {
    const query = new URLSearchParams({ epoch: this.#epoch, since: String(this.#version) });
    const socket = new WebSocket(`ws://${location.host}/api/runs/changes?${query}`);
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#apply(JSON.parse(String(data)) as RunDelta);
    socket.onclose = () => {
      if (this.#socket !== socket) return;
      this.#retry = setTimeout(() => this.follow(), RETRY_MS);
    };
  }

  close(): void {
    clearTimeout(this.#retry);
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }

  #apply({ epoch, version, changed, removed }: RunDelta): void {
    // Of another start of the server, the message has all runs.
    const runs = new Map(epoch === this.#epoch ? this.#runs : []);
    const isNew = epoch !== this.#epoch;
    [this.#epoch, this.#version] = [epoch, version];
    if (!isNew && changed.length === 0 && removed.length === 0) return;
    for (const key of removed) runs.delete(key);
    for (const run of changed) runs.set(run.key, run);
    this.#runs = runs;
    this.#changed();
  }
}
