/** The page of runs with 1,000 runs of 300 rows each; `runs/README.md` says what is measured. */
export { bench } from "./runs/measure.ts";
