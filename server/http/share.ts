/** The route that makes a shared page of an open notebook or of a record; `server/runs/share.ts` describes it. */
import { basename, join } from "node:path";
import { Hono, type MiddlewareHandler } from "hono";
import * as v from "valibot";
import { Damaged } from "../records/open-record.ts";
import type { ShareOrder } from "../runs/share.ts";
import { fileStem } from "../session/names.ts";
import type { MadePage } from "../share/export-page.ts";
import { CODE_MODES, type ShareOptions } from "../share/options.ts";
import type { RunningPart } from "../share/page.ts";
import { Denied, type Workspace } from "../workspace.ts";
import { jsonBody } from "./json-body.ts";

const text = (most: number) =>
  v.pipe(v.string("must be a string"), v.maxLength(most, `must have at most ${most.toLocaleString("en")} characters`));
const shareOrder: v.GenericSchema<unknown, ShareOrder> = v.object({
  target: v.union([v.strictObject({ notebook: text(4096) }), v.strictObject({ record: text(4096) })]),
  code: v.picklist(CODE_MODES),
  include: v.array(v.picklist(["adapter", "data", "rows", "training"])),
  note: text(20_000),
  licence: text(1000),
});

export function shareRoutes(workspace: Workspace, small: MiddlewareHandler, running: RunningPart): Hono {
  const routes = new Hono();
  routes.post("/", small, async (c) => {
    const { target, code, include, note, licence } = await jsonBody(c, shareOrder, "order to share");
    const options: ShareOptions = {
      ...{ code, theme: "auto", included: include },
      ...(note.trim() !== "" && { note: note.trim() }),
      ...(licence.trim() !== "" && { licence: licence.trim() }),
    };
    const { name, page } =
      "notebook" in target
        ? await ofNotebook(workspace, target.notebook, options)
        : await ofRecord(workspace, target.record, options, running);
    return c.body(page.html, 200, {
      "content-type": "text/html; charset=utf-8",
      "content-disposition": `attachment; filename="${fileStem(name)}.html"`,
    });
  });
  return routes;
}

type Made = { readonly name: string; readonly page: MadePage };

/** What draws a page is loaded when the first one is shared. */
async function ofNotebook(workspace: Workspace, notebook: string, options: ShareOptions): Promise<Made> {
  const { folder: root } = workspace;
  const session = await workspace.session(notebook);
  const { state } = session;
  if (state.cells.every(({ generation, madeWith }) => generation === 0 && madeWith === undefined))
    throw new Denied(409, "Nothing in this notebook has run, so there is nothing to share. Run it first.");
  const [{ sharedState }, { OnlyInRecord, pageOfSession }] = await Promise.all([
    import("../share/read-session.ts"),
    import("../share/pages.ts"),
  ]);
  const shared = await sharedState(state, root, (hash) => session.blob(hash));
  const page = await pageOfSession(root, shared, options).catch((error: Error) => {
    throw error instanceof OnlyInRecord ? new Denied(409, error.message) : error;
  });
  return { name: basename(notebook, ".ts"), page };
}

async function ofRecord(
  workspace: Workspace,
  record: string,
  options: ShareOptions,
  running: RunningPart,
): Promise<Made> {
  const { folder: root } = workspace;
  const { key, id, name } = await workspace.runs.record(record);
  const { pageOfRecord } = await import("../share/pages.ts");
  const page = await pageOfRecord(join(root, key), options, running).catch((error: Error) => {
    throw error instanceof Damaged ? new Denied(409, error.message.replaceAll(root, "")) : error;
  });
  return { name: name === "" ? id : name, page };
}
