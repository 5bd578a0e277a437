/** What the export found out about its own code, for the page that carries it. */
import { contentOf, fileAt } from "./node/disk.ts";
import { ABOUT } from "./places.ts";

export type About = {
  /** `ownVersion()` of the code that was bundled. */
  readonly version: string;
  /** Environments by backend: the digest of the kernels that the page carries. */
  readonly kernels: Readonly<Record<string, string>>;
  /** The versions of the libraries that compute. */
  readonly libraries: Readonly<Record<string, string>>;
};

let about: About | undefined;

/** @throws before the page's files are there */
export function aboutThisPage(): About {
  about ??= JSON.parse(new TextDecoder().decode(contentOf(fileAt(ABOUT)))) as About;
  return about;
}
