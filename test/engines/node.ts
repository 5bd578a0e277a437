/** Prints what the engine that runs it gives, as JSON: a list with an entry per plan. */
import { modelFiles, plans } from "./plan.ts";
import { type Numbers, numbers } from "./training.ts";

const found: Numbers[] = [];
for (const plan of plans) found.push(await numbers(plan, modelFiles()));
process.stdout.write(JSON.stringify(found));
