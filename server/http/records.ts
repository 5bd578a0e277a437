/** The routes of the records of a workspace; `server/runs/records.ts` lists them. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { Hono, type MiddlewareHandler } from "hono";
import { putBack, recordedText } from "../records/fork-record.ts";
import { addOutside, openAsNotebook } from "../records/open-as-notebook.ts";
import { Damaged, openRecord } from "../records/open-record.ts";
import { packRecord } from "../records/pack-record.ts";
import { RECORDS } from "../records/record.ts";
import { notebookOfCells, saveExperiment } from "../records/save-experiment.ts";
import { unpackInto } from "../records/unpack-record.ts";
import type { ForkedNotebook, OpenedNotebook, Saved } from "../runs/records.ts";
import { writeInputs } from "../session/inputs-file.ts";
import { placeInside } from "../session/inside.ts";
import { fileStem } from "../session/names.ts";
import { cellsToSave } from "../state/saving.ts";
import { cellState } from "../state/state.ts";
import { Denied, type Workspace } from "../workspace.ts";
import { jsonBody } from "./json-body.ts";
import { forkOrder, recordKey, saveOrder } from "./records-wire.ts";

/** The limits of the bodies of requests: of orders, and of an archive. */
export type BodyLimits = { readonly small: MiddlewareHandler; readonly file: MiddlewareHandler };

export function recordRoutes(workspace: Workspace, { small, file }: BodyLimits): Hono {
  const { folder: root, runs: registry } = workspace;
  const routes = new Hono();
  routes.get("/", async (c) => c.json(await registry.records()));
  routes.get("/one", async (c) => c.json(await registry.recordDetails(c.req.query("record") ?? "")));

  routes.post("/", small, async (c) => {
    const { notebook, name, note, cells: chosen } = await jsonBody(c, saveOrder, "order to save");
    const session = await workspace.session(notebook);
    const { state } = session;
    if (chosen !== "all")
      for (const id of chosen) if (!cellState(state, id)) throw new Denied(404, `There is no cell ${id}.`);
    const cells = cellsToSave(state, chosen);
    const title = name.trim();
    const experiment = { workspace: root, path: state.path, cells, name: title, note: note.trim() };
    await requireOwnFolder(root);
    if (chosen === "all") {
      const { folder, changed } = await saveExperiment(session, experiment);
      return c.json({ record: keyOf(root, folder), changed } satisfies Saved, 201);
    }
    const { text, inputs } = notebookOfCells(state, cells);
    const stem = title === "" ? `${basename(state.path, ".ts")}-part` : title;
    const path = await workspace.createBeside(state.path, stem, text);
    await writeInputs(root, path, inputs);
    const { folder, changed } = await saveExperiment(session, { ...experiment, path });
    return c.json({ record: keyOf(root, folder), notebook: path, changed } satisfies Saved, 201);
  });

  routes.post("/open", small, async (c) => {
    const { key, name, notebook } = await registry.record((await jsonBody(c, recordKey, "record")).record);
    const open = await withoutPlace(openRecord(join(root, key)), root);
    const folder = await workspace.newFolder(name === "" ? basename(notebook, ".ts") : name);
    const missing = await openAsNotebook(open, root, folder);
    return c.json(openedIn(folder, open.record.notebook, missing), 201);
  });

  routes.post("/fork", small, async (c) => {
    const { record, name } = await jsonBody(c, forkOrder, "fork");
    const { key, notebook } = await registry.record(record);
    const open = await withoutPlace(openRecord(join(root, key)), root);
    const stem = name.trim() === "" ? `${basename(notebook, ".ts")}-fork` : name.trim();
    const path = await workspace.createIn(dirname(notebook), stem, await recordedText(open));
    await writeInputs(root, path, open.record.inputs);
    return c.json({ notebook: path, ...(await putBack(open)) } satisfies ForkedNotebook, 201);
  });

  routes.get("/archive", async (c) => {
    const { key, id } = await registry.record(c.req.query("record") ?? "");
    const { bytes } = await withoutPlace(packRecord(join(root, key)), root);
    const headers = {
      "content-type": "application/zip",
      "content-disposition": `attachment; filename="${fileStem(id)}.zip"`,
    };
    return c.body(new Uint8Array(bytes), 200, headers);
  });
  routes.post("/archive", file, async (c) => {
    const stem = fileStem((c.req.query("name") ?? "").replace(/^.*[\\/]/, "").replace(/\.zip$/i, ""));
    const temporary = await mkdtemp(join(tmpdir(), "palimpsest-archive-"));
    try {
      const archive = join(temporary, `${stem}.zip`);
      await writeFile(archive, new Uint8Array(await c.req.arrayBuffer()));
      const { folder, open, made } = await withoutPlace(unpackInto(archive, root, stem), `${temporary}/`);
      const missing = made === "now" ? await addOutside(open, root, folder) : [];
      return c.json(openedIn(folder, open.record.notebook, missing), 201);
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  });
  return routes;
}

function openedIn(folder: string, notebook: string, missing: readonly string[]): OpenedNotebook {
  return { notebook: `${basename(folder)}/${notebook}`, missing };
}

function keyOf(root: string, folder: string): string {
  return folder.slice(root.length + 1).replaceAll("\\", "/");
}

/** @throws Denied if records would be written outside of the workspace */
async function requireOwnFolder(root: string): Promise<void> {
  const place = join(root, RECORDS);
  if ((await placeInside(root, place)) === place) return;
  throw new Denied(
    403,
    `The folder ${RECORDS} leads through a link to another folder. Remove the link to save records.`,
  );
}

/** What is wrong with a record is for the user, but without the place on this machine. */
function withoutPlace<T>(work: Promise<T>, place: string): Promise<T> {
  return work.catch((error: Error) => {
    throw error instanceof Damaged ? new Denied(409, error.message.replaceAll(place, "")) : error;
  });
}
