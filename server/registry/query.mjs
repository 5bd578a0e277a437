// Where the process that answers a query begins.
import { load } from "../code/load.mjs";

await load("query");
