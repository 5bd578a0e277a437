/** What passes between the session's worker and the kernel's, besides the messages of `messages.ts`. */
import type { StoredFile } from "./node/disk.ts";

/** The files that the kernel starts with. */
export type FilesMessage = { readonly type: "files"; readonly files: readonly StoredFile[] };

export type ToSession =
  /** A message of `messages.ts`, as JSON. */
  | { readonly kind: "said"; readonly text: string }
  /** A file of a training, complete. */
  | { readonly kind: "written"; readonly path: string; readonly bytes: Uint8Array }
  | { readonly kind: "closed" };
