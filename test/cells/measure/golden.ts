/** Results of sacreBLEU, stored with the tests. */
import { readFileSync } from "node:fs";

export function golden<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../golden/metrics/${name}.json`, import.meta.url), "utf8"));
}
