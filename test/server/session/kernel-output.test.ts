import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import type { FromKernel } from "../../../server/messages.ts";
import { KernelOutput } from "../../../server/session/kernel-output.ts";

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

it("what was written before a cell finished belongs to it, also if the server was busy before it read that; later output does not", async () => {
  const sent: FromKernel[] = [];
  const output = new KernelOutput((message) => sent.push(message));
  const stream = new PassThrough();
  output.read(stream, "log");
  const cell = { cell: "a", generation: 1 } as const;
  output.heard({ type: "kernel-ready", pid: 1, backend: "cpu", passedOver: [] });
  output.heard({ type: "cell-started", ...cell, snapshot: "s" });
  output.heard({ type: "cell-finished", ...cell, status: "done", ms: 1 });
  const until = performance.now() + 400;
  while (performance.now() < until);
  stream.write("in time\n");
  await wait(450);
  stream.write("too late\n");
  await wait(50);
  output.flush();
  expect(sent).toEqual([
    { type: "cell-console", ...cell, lines: [{ level: "log", text: "in time" }] },
    { type: "notice", level: "info", text: expect.stringContaining("too late") },
  ]);
});
