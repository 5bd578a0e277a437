/** A file of the user's. It is kept in the workspace first; the input's value is then its path there. */
import { html, nothing, type TemplateResult } from "lit";
import type { KeptFile } from "../../server/protocol.ts";
import { answered, reach } from "../session/answer.ts";

export function fileControl(
  { accept, path }: { readonly accept: string | undefined; readonly path: string },
  choose: (file: File) => void,
  clear: () => void,
): TemplateResult {
  // The browser's own field would name the file beside the name that the session has.
  return html`<label class="choose"
      >Choose a file…<input
        id="control"
        type="file"
        accept=${accept ?? nothing}
        @change=${(event: Event) => {
          const field = event.target as HTMLInputElement;
          const file = field.files?.[0];
          if (file) choose(file);
          // The same file, changed on the disk, may be chosen again.
          field.value = "";
        }}
    /></label>
    ${
      path === ""
        ? html`<span class="note">no file</span>`
        : html`<code class="note">${path.slice(path.lastIndexOf("/") + 1)}</code><button class="quiet" @click=${clear}>Clear</button>`
    }`;
}

/** @returns the file's path as the notebook names it. @throws with the server's words where it is not taken in. */
export async function keep(notebook: string, file: File): Promise<string> {
  const query = new URLSearchParams({ notebook, name: file.name });
  const kept = await reach(`/api/files?${query}`, { method: "POST", body: file });
  return (await answered<KeptFile>(kept)).path;
}
