/** Ties an editor to a cell of the session: typed text goes out as edits, sources from elsewhere come in. */
import type { CellId } from "../../server/notebook/types.ts";
import { cellState } from "../../server/state/state.ts";
import type { EditDetail, Editor } from "../editor/editor.ts";
import { Refused, type Session } from "../session/session.ts";

/** Returns the way out, which sends what is still unsent. */
export function bindEditor(editor: Editor, session: Session, cell: CellId): () => void {
  const send = async (event: Event): Promise<void> => {
    const { source } = (event as CustomEvent<EditDetail>).detail;
    // Without a connection the text stays here; the next connection asks for it again.
    if (session.link.status !== "live" || !cellState(session.state, cell)) return editor.unsent();
    try {
      await session.request({ type: "edit", cell, source, by: session.page });
    } catch (reason) {
      editor.unsent();
      if (reason instanceof Refused && session.link.status === "live") session.refuse(reason.message);
    }
  };
  editor.addEventListener("edit", send);
  const unfollow = session.followSource(cell, (source, own) => editor.receive(source, own));
  return () => {
    editor.flush();
    editor.removeEventListener("edit", send);
    unfollow();
  };
}
