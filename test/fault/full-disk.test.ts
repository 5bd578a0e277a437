/** A disk that is really full: a file system of 8 MB in memory, where this process may mount one. */
import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { logPath } from "../../server/session/history.ts";
import { openSession } from "../../server/session/open.ts";
import type { Session } from "../../server/session/session.ts";
import { cellState } from "../../server/state/state.ts";
import { until } from "../server/until.ts";

const folder = await mkdtemp(join(tmpdir(), "disk-"));
const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", folder]).status === 0;
if (!mounted) console.warn("A full disk is not tested: this process may not mount a file system.");
afterAll(async () => {
  if (mounted) spawnSync("umount", ["-l", folder]);
  await rm(folder, { recursive: true, force: true });
});

const opened = (): Promise<Session> => openSession({ workspace: folder, path: "n.ts", seed: 1, use: { kind: "page" } });
const sourceOf = (session: Session): string | undefined => cellState(session.state, "a")?.cell.source.trim();
const edit = (session: Session, text: string): Promise<"done" | "refused"> =>
  session.request({ type: "edit", cell: "a", source: text, by: "me" }).then(
    () => "done",
    () => "refused",
  );

/** Every line of the log is whole. */
async function expectWholeLog(): Promise<void> {
  const log = await readFile(logPath(folder, "n.ts"), "utf8");
  expect(log.endsWith("\n")).toBe(true);
  for (const line of log.trimEnd().split("\n")) expect(() => JSON.parse(line)).not.toThrow();
}

/** Takes all space that is left. */
async function fill(): Promise<void> {
  for (const size of [1_000_000, 10_000, 100]) {
    for (let part = 0; ; part += 1) {
      const written = await writeFile(join(folder, `filler-${size}-${part}`), Buffer.alloc(size)).then(
        () => true,
        () => false,
      );
      if (!written) break;
    }
  }
}

describe.skipIf(!mounted)("on a full disk", () => {
  it("edits are refused, what was acknowledged stays, and all is saved again when there is space", async () => {
    await writeFile(join(folder, "n.ts"), "// %% a\nconst a = 0;\n");
    const session = await opened();
    expect(await edit(session, "const a = 1;")).toBe("done");
    await fill();
    const answers: string[] = [];
    for (let n = 2; n < 40; n++) answers.push(await edit(session, `const a = ${n}; // ${"x".repeat(20_000)}`));
    expect(answers.at(-1)).toBe("refused");
    await expectWholeLog();
    expect(session.state.notice).toMatchObject({ level: "error", text: expect.stringContaining("could not be saved") });

    for (const size of [1_000_000, 10_000, 100])
      for (let part = 0; part < 100; part += 1) await rm(join(folder, `filler-${size}-${part}`), { force: true });
    expect(await edit(session, "const a = 99;")).toBe("done");
    await until(async () => (await readFile(join(folder, "n.ts"), "utf8")).includes("const a = 99;"), 15);
    await session.close();
    const next = await opened();
    expect(sourceOf(next)).toBe("const a = 99;");
    expect(next.state.notice).toBeUndefined();
    await next.close();
  }, 60_000);

  it("what is on the disk when the server dies there is whole", async () => {
    const session = await opened();
    expect(await edit(session, "const a = 100;")).toBe("done");
    await fill();
    let acknowledged = "const a = 100;";
    for (let n = 101; n < 140; n++) {
      const text = `const a = ${n}; // ${"y".repeat(10_000)}`;
      if ((await edit(session, text)) === "done") acknowledged = text;
    }
    await expectWholeLog();
    // A second session reads what the first one left, as after a kill.
    const next = await opened();
    expect(sourceOf(next)).toBe(acknowledged);
    await Promise.all([session.close(), next.close()]);
    await expectWholeLog();
  }, 60_000);
});
