/** Gives out the files that the page contains: the record, and weights, rows and data inside it. */
import { unzipSync } from "fflate";
import { type Attachment, attachmentId, type SharePayload } from "./payload.ts";
import { saveFile } from "./save-file.ts";

export function giveOut({ attachments }: SharePayload): void {
  for (const button of document.querySelectorAll<HTMLElement>("[data-attachment]")) {
    const index = Number(button.dataset.attachment);
    const attachment = attachments[index];
    if (attachment)
      button.addEventListener("click", () => saveFile(attachment.name, contentOf(attachment, index), attachment.type));
  }
}

function contentOf({ inside }: Attachment, index: number): Uint8Array<ArrayBuffer> {
  if (inside === undefined) return bytesOf(index);
  const files = unzipSync(bytesOf(0), { filter: ({ name }) => name === inside });
  return new Uint8Array(files[inside] ?? []);
}

function bytesOf(index: number): Uint8Array<ArrayBuffer> {
  const text = atob(document.getElementById(attachmentId(index))?.textContent ?? "");
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
