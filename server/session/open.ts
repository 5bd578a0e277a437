/** Opens a session: from the notebook's file, and for a page from the log and the inputs of earlier sessions. */
import { join } from "node:path";
import type { SessionEvent } from "../events.ts";
import { DEFAULT_SETTINGS } from "../notebook/source/settings.ts";
import type { Notebook } from "../notebook/types.ts";
import { initialState, reduce } from "../state/reducer.ts";
import { earlierState } from "./history.ts";
import type { Inputs } from "./inputs-file.ts";
import { readNotebook } from "./notebook-reading.ts";
import type { SessionOptions } from "./options.ts";
import { Session } from "./session.ts";

/**
 * Opens a notebook. A file that is not a notebook opens with a notice, and is not written to.
 * @throws as reading the file does
 */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { workspace, path, use } = options;
  const read = await readNotebook(join(workspace, path));
  const now = Date.now();
  const notebook = "notebook" in read ? read.notebook : undefined;
  const first =
    use.kind === "page"
      ? await earlierState(workspace, path, notebook && { text: read.text, notebook }, now)
      : [opened(path, notebook, use.inputs), ...(use.earlier ?? [])].reduce(
          (state, event) => reduce(state, { seq: state.seq + 1, time: now, event }),
          initialState(path),
        );
  const session = new Session(options, first);
  await session.begin(read);
  return session;
}

function opened(path: string, notebook: Notebook | undefined, inputs: Inputs): SessionEvent {
  const settings = notebook?.settings ?? DEFAULT_SETTINGS;
  // Nobody is there to answer a question.
  return { type: "opened", path, cells: notebook?.cells ?? [], inputs, settings: { ...settings, ask: "never" } };
}
