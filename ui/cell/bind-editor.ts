/** Connects an editor with a cell of the session: what is typed is sent as edits, sources from elsewhere are merged in. */
import type { CellId } from "../../server/notebook/types.ts";
import { cellState } from "../../server/state/state.ts";
import type { EditDetail, Editor } from "../editor/editor.ts";
import { Refused, type Session } from "../session/session.ts";

/** @returns the function that ends the connection and first sends what was typed and not sent yet */
export function bindEditor(editor: Editor, session: Session, cell: CellId): () => void {
  const send = async (event: Event): Promise<void> => {
    const { source } = (event as CustomEvent<EditDetail>).detail;
    try {
      await session.edit(cell, source);
    } catch (reason) {
      // The text stays in the editor; the next connection causes another `edit`.
      editor.markUnsent();
      if (reason instanceof Refused && session.link.status === "live") session.showError(reason.message);
    }
  };
  editor.addEventListener("edit", send);
  const unfollow = session.followSource(cell, (source, origin) => editor.receive(source, origin));
  // The source may have changed since the editor was drawn.
  const present = cellState(session.state, cell)?.cell.source;
  if (present !== undefined) editor.catchUp(present);
  return () => {
    editor.flush();
    editor.removeEventListener("edit", send);
    unfollow();
  };
}
