/** The world's fixed questions as tasks: in families and groups, all of them or the first of each family. */
import type { AnswerTask } from "../../measure/tasks/task.ts";
import { families, type GeneralItem, type Group, testSets } from "../test-sets.ts";

type WorldTask = AnswerTask & GeneralItem & { readonly group: Group };

/** An answer is right if it equals the expected one character by character. */
const match = "identical";

/** General questions of all eight families, at most `limit` of each. */
export function generalTasks(limit = Infinity): WorldTask[] {
  const { general } = testSets();
  return families.flatMap((family) => general[family].slice(0, limit).map((item) => ({ ...item, family, match })));
}

/** All test questions about the held-out people and countries. */
export const heldOutTasks = (): WorldTask[] => testSets().factHeld.map((item) => ({ ...item, family: "fact", match }));
