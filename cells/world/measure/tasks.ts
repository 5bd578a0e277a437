/** The world's fixed questions as tasks: in families and groups, all of them or the first of each family. */
import type { Task } from "../../measure/forgetting/tasks.ts";
import { families, type GeneralItem, type Group, testSets } from "../test-sets.ts";

type WorldTask = Task & GeneralItem & { readonly group: Group };

/** General questions of all eight families, at most `limit` of each. */
export function generalTasks(limit = Infinity): WorldTask[] {
  const { general } = testSets();
  return families.flatMap((family) => general[family].slice(0, limit).map((item) => ({ ...item, family })));
}

/** All test questions about the held-out people and countries. */
export const heldOutTasks = (): WorldTask[] => testSets().factHeld.map((item) => ({ ...item, family: "fact" }));
