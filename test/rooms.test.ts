import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it, test } from "vitest";
import { circles, drawn, fileImports, floors, roomGraph, roomOf } from "./rooms.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const imports = fileImports();

describe("the rooms", () => {
  it("import downwards only, types included", () => {
    const floorOf = (file: string): number => floors.findIndex((rooms) => rooms.includes(roomOf(file)));
    const within = (a: string, b: string): boolean => a.split("/")[0] === b.split("/")[0];
    const upwards = imports.filter(
      ({ from, to }) => within(from, to) && roomOf(from) !== roomOf(to) && floorOf(from) <= floorOf(to),
    );
    expect(upwards).toEqual([]);
    expect(imports.length).toBeGreaterThan(500);
  });

  it("hold no files that import each other in a circle", () => {
    expect(circles(imports)).toEqual([]);
    const ring = ["a", "b", "c"].map((from, i, all) => ({ from, to: all[(i + 1) % 3]! }));
    expect(circles([...ring, { from: "d", to: "a" }])).toEqual([["a", "b", "c"]]);
  });

  it("are drawn in the README as they are", () => {
    expect(readFileSync(`${root}README.md`, "utf8")).toContain(drawn(roomGraph(imports)));
  });
});

/** What the lint rule says of files that are not in the project: each holds one import that a border forbids. */
describe("the lint rule refuses", () => {
  const forbidden = [
    ["cells/device/x.ts", "../model/lora.ts", "higher"],
    ["cells/data/x.ts", "../world/index.ts", "higher"],
    ["cells/measure/translation/x.ts", "../../world/index.ts", "higher"],
    ["cells/measure/x.ts", "../method/radis.ts", "higher"],
    ["cells/x.ts", "./show/show.ts", "higher"],
    ["cells/train/x.ts", "../../server/protocol.ts", "what runs or shows them"],
    ["cells/model/x.ts", "node:fs", "through the host"],
    ["server/notebook/source/x.ts", "../../events.ts", "higher"],
    ["server/state/x.ts", "../session/log.ts", "higher"],
    ["server/state/y.ts", "node:fs", "pure"],
    ["server/session/x.ts", "../../cells/host.ts", "Only the kernel"],
    ["server/session/y.ts", "../records/record.ts", "higher"],
    ["server/records/x.ts", "../command/run.ts", "higher"],
    ["server/kernel/x.ts", "../workspace.ts", "higher"],
    ["server/sweep/x.ts", "../command/run.ts", "higher"],
    ["server/session/z.ts", "../sweep/resume-folder.ts", "higher"],
    ["server/runs/x.ts", "node:fs", "pure"],
    ["server/runs/y.ts", "../registry/registry.ts", "higher"],
    ["server/registry/x.ts", "../../cells/types.ts", "Only the kernel"],
    ["server/registry/y.ts", "../workspace.ts", "higher"],
    ["server/share/x.ts", "../http/app.ts", "higher"],
    ["server/share/y.ts", "../../ui/session/session.ts", "drawn by the page's own"],
    ["ui/runs/x.ts", "../../server/registry/registry.ts", "The page imports only"],
    ["ui/sweep/x.ts", "../../server/sweep/entries.ts", "The page imports only"],
    ["ui/cell/x.ts", "../../server/session/log.ts", "The page imports only"],
    ["ui/cell/y.ts", "../../cells/types.ts", "session's events"],
  ] as const;
  let messages: ReadonlyMap<string, string>;

  beforeAll(() => {
    const files = [...forbidden, ["cells/data/allowed.ts", "../digest.ts"]] as const;
    messages = linted(files.map(([file, module]) => [file, `export * from "${module}";`]));
  });

  test.each(forbidden)("%s importing %s", (file, _module, reason) => {
    expect(messages.get(file)).toContain(reason);
  });

  it("nothing else", () => {
    expect([...messages.keys()].sort()).toEqual(forbidden.map(([file]) => file).sort());
  });
});

/** Numbers must be the same on every JavaScript engine. */
describe("the lint rule for numbers", () => {
  const differing = [
    "[Math.exp(1), Math.log(2), Math.tanh(1), Math.atan2(1, 2), Math.hypot(3, 4)]",
    "[1].map(Math.log2)",
    "2 ** 0.5",
    "2 ** Number(1)",
    "Number(3) ** 2",
  ];
  const hidden = ["Math[String(1) as 'exp'](1)", "globalThis.Math.sin(1)"];
  const exact = ["[Math.sqrt(2), Math.max(1, 2), Math.fround(1), 2 ** 20, 2 ** -24]", "Math.PI"];
  const file = (room: string, i: number): string => `${room}/x${i}.ts`;
  const all = [...differing, ...hidden, ...exact];
  let messages: ReadonlyMap<string, string>;

  beforeAll(() => {
    const expressions = all.map((text, i) => [i, `export const x = ${text};`] as const);
    const destructured = [all.length, "export const { exp } = Math;"] as const;
    const assigned = [all.length + 1, "export let x = 3;\nx **= 2;"] as const;
    messages = linted(
      [...expressions, destructured, assigned].flatMap(([i, text]) =>
        ["cells/measure", "server/session", "experiments", "ui/plot"].map((room) => [file(room, i), text] as const),
      ),
    );
  });

  it("refuses functions and powers that engines compute differently, in cells, in the server and in the experiments", () => {
    for (const room of ["cells/measure", "server/session", "experiments"]) {
      for (const [i, text] of all.entries()) {
        if (exact.includes(text)) expect(messages.get(file(room, i)), text).toBeUndefined();
        else
          expect(messages.get(file(room, i)), text).toContain(hidden.includes(text) ? "Name the" : "portable-math.ts");
      }
      expect(messages.get(file(room, all.length))).toContain("Name the function");
      expect(messages.get(file(room, all.length + 1))).toContain("portable-math.ts");
    }
  });

  it("leaves the page alone", () => {
    expect([...messages.keys()].filter((path) => path.startsWith("ui/"))).toEqual([]);
  });
});

/** @returns the last error of each file, by its path, when these files are linted with the project's rules */
function linted(files: readonly (readonly [path: string, text: string])[]): ReadonlyMap<string, string> {
  const folder = mkdtempSync(join(tmpdir(), "palimpsest-lint-"));
  for (const [path, text] of files) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), `${text}\n`);
  }
  for (const name of [".biome.json", ".portable-math.grit"]) copyFileSync(join(root, name), join(folder, name));
  const biome = join(root, "node_modules", ".bin", "biome");
  const options = ["lint", "--config-path=.biome.json", "--reporter=json", "--max-diagnostics=200"];
  const { stdout } = spawnSync(biome, [...options, "--diagnostic-level=error"], { cwd: folder, encoding: "utf8" });
  rmSync(folder, { recursive: true });
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { location: { path: string }; message: string }[] };
  return new Map(diagnostics.map(({ location, message }) => [location.path, message]));
}
