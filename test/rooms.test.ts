import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
    ["server/kernel/x.ts", "../workspace.ts", "higher"],
    ["server/runs/x.ts", "node:fs", "pure"],
    ["server/runs/y.ts", "../registry/registry.ts", "higher"],
    ["server/registry/x.ts", "../../cells/types.ts", "Only the kernel"],
    ["server/registry/y.ts", "../workspace.ts", "higher"],
    ["ui/runs/x.ts", "../../server/registry/registry.ts", "The page imports only"],
    ["ui/cell/x.ts", "../../server/session/log.ts", "The page imports only"],
    ["ui/cell/y.ts", "../../cells/types.ts", "session's events"],
  ] as const;
  let messages: ReadonlyMap<string, string>;

  beforeAll(() => {
    const folder = mkdtempSync(join(tmpdir(), "palimpsest-lint-"));
    for (const [file, module] of [...forbidden, ["cells/data/allowed.ts", "../digest.ts"]] as const) {
      mkdirSync(join(folder, dirname(file)), { recursive: true });
      writeFileSync(join(folder, file), `export * from "${module}";\n`);
    }
    writeFileSync(join(folder, ".biome.json"), readFileSync(join(root, ".biome.json")));
    const biome = join(root, "node_modules", ".bin", "biome");
    const { stdout } = spawnSync(biome, ["lint", "--config-path=.biome.json", "--reporter=json"], {
      cwd: folder,
      encoding: "utf8",
    });
    rmSync(folder, { recursive: true });
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: { location: { path: string }; message: string }[] };
    messages = new Map(diagnostics.map(({ location, message }) => [location.path, message]));
  });

  test.each(forbidden)("%s importing %s", (file, _module, reason) => {
    expect(messages.get(file)).toContain(reason);
  });

  it("nothing else", () => {
    expect([...messages.keys()].sort()).toEqual(forbidden.map(([file]) => file).sort());
  });
});
