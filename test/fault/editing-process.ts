/**
 * A process that opens `n.ts` of the folder it is given, sets an input if the notebook has one, and edits the cell b. It says
 * "done" when all is acknowledged, and waits to be killed.
 */
import { openSession } from "../../server/session/open.ts";

import { until } from "../server/until.ts";

const [workspace = "", source = ""] = process.argv.slice(2);
const session = await openSession({ workspace, path: "n.ts", seed: 1, backend: "cpu", use: { kind: "page" } });
if (session.state.cells.some(({ cell }) => cell.source.includes("input.number"))) {
  await session.request({ type: "run", cells: ["a"] });
  await until(() => session.state.cells.some(({ inputs }) => inputs.length > 0));
  await session.request({ type: "input", cell: "a", name: "rank", value: 8 });
}
await session.request({ type: "edit", cell: "b", source, by: "page" });
process.stdout.write("done\n");
setInterval(() => undefined, 1_000);
