/** The code of a shared page, as one script. */
import { pageScript } from "../code/page-script.ts";

/** A page to read, or one that can also run its notebook. */
export type PageKind = "read" | "run";

const ENTRIES: Readonly<Record<PageKind, string>> = { read: "ui/share/main.ts", run: "ui/run-in-page/shared.ts" };

/** @throws with esbuild's messages if it does not compile */
export function shareScript(kind: PageKind): Promise<string> {
  return pageScript(`share-${kind}`, ENTRIES[kind]);
}
