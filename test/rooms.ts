/**
 * The rooms of the source and the imports between them, types included. `npx tsx test/rooms.ts` prints the graph as it is
 * in the README; the tests compare the two, and check that imports go downwards and never in a circle.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import ts from "typescript-5";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Lowest first. A room is a folder, or files at the top of a part. Rooms of one floor do not import each other. */
export const floors: readonly (readonly string[])[] = [
  ["cells"],
  ["cells/device"],
  ["cells/data"],
  ["cells/model"],
  ["cells/cache"],
  ["cells/measure", "cells/method"],
  ["cells/world"],
  ["cells/show"],
  ["cells/train"],
  ["cells/index"],
  ["server/code"],
  ["server/notebook"],
  ["server/values"],
  ["server/chart", "server/events", "server/runs"],
  ["server/protocol", "server/messages"],
  ["server/state"],
  ["server/session"],
  ["server/records"],
  ["server/kernel", "server/registry", "server/sweep"],
  ["server/listing"],
  ["server/workspace"],
  ["ui/look"],
  ["ui/session"],
  ["ui/editor", "ui/input", "ui/plot"],
  ["ui/output"],
  ["ui/cell"],
  ["ui/share"],
  ["server/share"],
  ["server/http"],
  ["server/in-page"],
  ["server/command"],
  ["server/main"],
  ["server/palimpsest"],
  ["ui/notebook"],
  ["ui/runs", "ui/run-in-page", "ui/start"],
  ["ui/sweep"],
  ["ui/main"],
];

export type Import = { readonly from: string; readonly to: string };

/** The imports between source files, by their paths from the root of the repository. */
export function fileImports(): readonly Import[] {
  const files = ["cells", "server", "ui"].flatMap((part) =>
    readdirSync(join(root, part), { recursive: true, encoding: "utf8" }).map((file) => join(part, file)),
  );
  return files
    .filter((file) => /\.(ts|mjs)$/.test(file) && !file.startsWith("cells/device/wasm/kernels/"))
    .flatMap((file) => {
      const { importedFiles } = ts.preProcessFile(readFileSync(join(root, file), "utf8"), true, true);
      const local = importedFiles.map(({ fileName }) => fileName).filter((name) => name.startsWith("."));
      return local.map((name) => ({ from: file, to: join(dirname(file), name) }));
    });
}

/** The room that a file belongs to: its folder in the part, or the file itself where the part's own files differ in floor. */
export function roomOf(file: string): string {
  const [part = "", folder = "", ...deeper] = file.split("/");
  if (deeper.length > 0) return `${part}/${folder}`;
  const alone = `${part}/${folder.replace(/\.(ts|mjs)$/, "")}`;
  return floors.flat().includes(alone) ? alone : part;
}

/** Each room with the rooms that it imports, lowest floor first. */
export function roomGraph(imports: readonly Import[]): ReadonlyMap<string, readonly string[]> {
  const rooms = floors.flat();
  const used = new Map(rooms.map((room) => [room, new Set<string>()]));
  for (const { from, to } of imports) {
    if (roomOf(from) !== roomOf(to)) used.get(roomOf(from))?.add(roomOf(to));
  }
  return new Map(rooms.map((room) => [room, rooms.filter((other) => used.get(room)?.has(other))]));
}

/** A line per room, highest floor first within each part, with the rooms that it imports. */
export function drawn(graph: ReadonlyMap<string, readonly string[]>): string {
  const width = Math.max(...[...graph.keys()].map((room) => room.length));
  const parts = ["cells", "server", "ui"].map((part) => {
    const rooms = [...graph].filter(([room]) => room.split("/")[0] === part).reverse();
    return rooms.map(([room, used]) => `${room.padEnd(width)}  ← ${shortened(used, part)}`.trimEnd()).join("\n");
  });
  return parts.join("\n\n");
}

/** Rooms of the same part go without its name. */
const shortened = (rooms: readonly string[], part: string): string =>
  rooms.map((room) => (room.startsWith(`${part}/`) ? room.slice(part.length + 1) : room)).join(", ") || "nothing";

/** Files that import each other in a circle; the smallest such groups, empty where there are none. */
export function circles(imports: readonly Import[]): readonly (readonly string[])[] {
  const next = new Map<string, Set<string>>();
  for (const { from, to } of imports) next.set(from, (next.get(from) ?? new Set()).add(to));
  const reachable = (start: string): ReadonlySet<string> => {
    const seen = new Set<string>();
    const open = [start];
    for (const at of open) for (const to of next.get(at) ?? []) if (!seen.has(to)) open.push(to) && seen.add(to);
    return seen;
  };
  const reach = new Map([...next.keys()].map((file) => [file, reachable(file)]));
  const inCircle = [...next.keys()].filter((file) => reach.get(file)?.has(file));
  const groups = inCircle.map((file) =>
    inCircle.filter((other) => reach.get(file)?.has(other) && reach.get(other)?.has(file)),
  );
  return [...new Map(groups.map((group) => [group.join(), group])).values()];
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  console.log(drawn(roomGraph(fileImports())));
