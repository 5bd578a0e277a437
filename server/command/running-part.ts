/** What a shared page carries to run the notebook of a record. It joins the room of shared pages with that of pages that run. */
import { pagePart, runnableOf } from "../in-page/page-part.ts";
import type { RunningPart } from "../share/page.ts";

/** @throws Damaged if the record was changed, or a model is not found */
export const runningPart: RunningPart = async (record) => pagePart(await runnableOf(record));
