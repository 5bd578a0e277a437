/** Values of inputs through a real kernel and over a restart of the session. */
import { afterEach, expect, it } from "vitest";
import { until } from "../until.ts";
import { closeAll, opened, printed, ran, rest, workspaceOf } from "./workbench.ts";

afterEach(closeAll);

it("inputs of one label in two cells have values of their own, also after a restart", async () => {
  const workspace = await workspaceOf({
    "n.ts": `// %% lib
import { input } from "palimpsest";

// %% a
console.log(2 * input.range("lr", { min: 0, max: 9, value: 1 }));

// %% b
console.log(3 * input.range("lr", { min: 0, max: 9, value: 1 }));
`,
  });
  const session = await opened(workspace);
  await ran(session);
  await session.request({ type: "input", cell: "a", name: "lr", value: 4 });
  await until(() => printed(session, "a").join() === "8");
  await rest(session);
  await ran(session, "b");
  expect(printed(session, "b")).toEqual(["3"]);
  await session.close();
  const again = await opened(workspace);
  await ran(again);
  expect([printed(again, "a"), printed(again, "b")]).toEqual([["8"], ["3"]]);
});
