/** A file from the user's computer. It is uploaded into the workspace first; the value is its path there. */
import { css, html, nothing } from "lit";
import type { Control } from "./control.ts";

export const fileControl: Control<"file"> = {
  naming: "field",
  styles: css`
    .choose {
      padding: 0.3125rem 0.625rem;
      border: 1px solid var(--hairline);
      border-radius: var(--radius);
      background: var(--raised);
      color: inherit;
      font-weight: 500;
      cursor: pointer;
    }
    .choose:focus-within {
      outline: 2px solid var(--accent);
      outline-offset: 2px;
    }
    .choose input {
      position: absolute;
      opacity: 0;
      width: 1px;
    }
    .note {
      color: var(--muted);
      font-size: var(--small);
    }
  `,
  render: ({ spec, value: path, upload, commit }) => {
    const choose = (event: Event): void => {
      const field = event.target as HTMLInputElement;
      const file = field.files?.[0];
      if (file) upload(file);
      // So that the same file can be chosen again after it has changed on disk.
      field.value = "";
    };
    // The browser's own field is hidden: it would show a second file name beside the session's.
    return html`<label class="choose"
        >Choose a file…<input id="control" type="file" accept=${spec.accept ?? nothing} @change=${choose}
      /></label>
      ${
        path === ""
          ? html`<span class="note">no file</span>`
          : html`<code class="note">${path.slice(path.lastIndexOf("/") + 1)}</code
              ><button class="quiet" @click=${() => commit("")}>Clear</button>`
      }`;
  },
};
