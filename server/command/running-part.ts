/** What a shared page carries to run the notebook of a record. It joins the room of shared pages with that of pages that run. */
import { PAGE_POLICY, payloadOf, runnableOf } from "../in-page/page-part.ts";
import type { PagePart } from "../share/page.ts";

/** @param record its folder. @throws Damaged if the record was changed, or a model is not found */
export async function runningPart(record: string): Promise<PagePart> {
  return { payload: await payloadOf(await runnableOf(record)), policy: PAGE_POLICY };
}
