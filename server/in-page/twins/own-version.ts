/** `session/own-version.ts` in a page: the version of the code that it carries. */
import { aboutThisPage } from "../about.ts";

export function ownVersion(): string {
  return aboutThisPage().version;
}
