// Where the process that checks the machine begins.
import { load } from "../code/load.mjs";

await load("doctor");
