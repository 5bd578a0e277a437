/** Typing in cells, with a scripted server: what is sent and when, what others type meanwhile, and the keys that run a cell. */
import { describe, expect, test } from "vitest";
import { executable } from "./chromium.ts";
import { Stage } from "./stage.ts";
import * as story from "./story.ts";

describe.skipIf(!executable)("typing", () => {
  const stage = new Stage();
  const { asked, editor, focused, textOf } = stage;

  test("text is sent after a pause in typing, and its own event changes nothing", async () => {
    stage.server.push(story.opened);
    await stage.open();
    await editor("samples").click();
    await stage.page.keyboard.press("Control+End");
    await stage.page.keyboard.type("\nsamples;");
    await expect.poll(() => asked("edit").at(-1)?.source).toBe("const samples = [base.name, run.id];\nsamples;");
    expect(new Set(asked("edit").map((each) => each.by)).size).toBe(1);
    await stage.page.keyboard.type(" // more");
    await expect.poll(() => asked("edit").at(-1)?.source).toContain("samples; // more");
    expect(await textOf("samples")).toBe("const samples = [base.name, run.id];\nsamples; // more");
  });

  test("names of other cells are offered while typing", async () => {
    stage.server.push(story.opened);
    await stage.open();
    await editor("samples").click();
    await stage.page.keyboard.press("Control+End");
    await stage.page.keyboard.type("\nran");
    await stage.page.getByRole("option", { name: "rank" }).waitFor();
    // CodeMirror ignores Enter right after the list opened, so that nothing is chosen by accident.
    await stage.page.waitForTimeout(150);
    await stage.page.keyboard.press("Enter");
    expect(await textOf("samples")).toContain("\nrank");
  });

  test("what others type is merged around the cursor and around unsent text", async () => {
    stage.server.push(story.opened);
    await stage.open();
    await editor("samples").click();
    await stage.page.keyboard.press("Control+End");
    await stage.page.keyboard.type("\nmine");
    await expect.poll(() => asked("edit").length).toBe(1);
    await stage.page.keyboard.type("X");
    stage.server.push({
      type: "cell-edited",
      cell: "samples",
      source: "// theirs\nconst samples = [base.name, run.id];\nmine",
      by: "another",
    });
    await stage.page.getByText("// theirs").waitFor();
    await stage.page.keyboard.type("Y");
    const both = "// theirs\nconst samples = [base.name, run.id];\nmineXY";
    expect(await textOf("samples")).toBe(both);
    await expect.poll(() => asked("edit").at(-1)?.source).toBe(both);
    // The file changed on disk, above and below the cursor.
    const sources = { samples: `// file\n${both}\n// end` };
    stage.server.push({
      type: "replaced",
      cells: story.cells.map((each) => (each.id === "samples" ? { ...each, source: sources.samples } : each)),
    });
    await stage.page.getByText("// end").waitFor();
    await stage.page.keyboard.type("Z");
    expect(await textOf("samples")).toBe("// file\n// theirs\nconst samples = [base.name, run.id];\nmineXYZ\n// end");
  });

  test("text that is typed without a connection is sent by the next connection", async () => {
    stage.server.push(story.opened);
    await stage.open();
    stage.expectedFaults = /^WebSocket connection to/;
    stage.server.stop();
    await stage.page.locator('[data-link="reconnecting"]').waitFor();
    await editor("samples").click();
    await stage.page.keyboard.press("Control+Home");
    await stage.page.keyboard.type("// offline\n");
    await stage.page.waitForTimeout(400);
    expect(asked("edit")).toEqual([]);
    stage.server.resume();
    await stage.live();
    await expect.poll(() => asked("edit").at(-1)?.source).toBe("// offline\nconst samples = [base.name, run.id];");
  });

  test("Shift+Enter sends the text, runs it and goes to the next cell; Ctrl+Enter stays; Escape leaves the text", async () => {
    stage.server.push(story.opened);
    await stage.open();
    await editor("model").click();
    await stage.page.keyboard.press("Control+End");
    await stage.page.keyboard.type("1");
    await stage.page.keyboard.press("Control+Enter");
    await expect.poll(() => stage.server.requests.map((each) => each.type)).toEqual(["edit", "run"]);
    expect(asked("run")[0]?.cells).toEqual(["model"]);
    expect(await focused()).toBe("model text");
    await stage.page.keyboard.press("Shift+Enter");
    await expect.poll(() => asked("run").length).toBe(2);
    expect(await focused()).toBe("on-knobs cell");
    await stage.page.keyboard.press("ArrowDown");
    await stage.page.keyboard.press("Enter");
    expect(await focused()).toBe("knobs text");
    await stage.page.keyboard.press("Escape");
    expect(await focused()).toBe("knobs cell");
  });
});
