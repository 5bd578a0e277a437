/** Real sessions on notebooks in folders of their own, and what a test asks of them. */
import { mkdir, mkdtemp, realpath, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { openSession } from "../../../server/session/open.ts";
import type { Session } from "../../../server/session/session.ts";
import type { CellState } from "../../../server/state/cell-state.ts";
import { cellState } from "../../../server/state/state.ts";
import { until } from "../until.ts";

const open: Session[] = [];

export async function closeAll(): Promise<void> {
  for (const session of open.splice(0)) await session.close();
}

export async function workspaceOf(files: Readonly<Record<string, string>>): Promise<string> {
  const workspace = await realpath(await mkdtemp(join(tmpdir(), "workbench-")));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(workspace, path)), { recursive: true });
    await writeFile(join(workspace, path), text);
  }
  return workspace;
}

/** Opens `n.ts` of a workspace. */
export async function opened(workspace: string, backend = "cpu"): Promise<Session> {
  const session = await openSession({ workspace, path: "n.ts", seed: 1, backend, use: { kind: "page" } });
  open.push(session);
  return session;
}

export function cell(session: Session, id: string): CellState {
  const found = cellState(session.state, id);
  if (!found) throw new Error(`no cell ${id}`);
  return found;
}

/** Runs cells, or all, and waits until nothing is at work. */
export async function ran(session: Session, ...cells: readonly string[]): Promise<void> {
  await session.request({ type: "run", cells: cells.length === 0 ? "all" : cells });
  await rest(session);
}

export async function rest(session: Session): Promise<void> {
  await until(() => session.state.cells.every(({ status }) => status !== "queued" && status !== "running"));
}

/** What a cell printed. */
export function printed(session: Session, id: string): readonly string[] {
  return cell(session, id).console.map(({ text }) => text);
}
