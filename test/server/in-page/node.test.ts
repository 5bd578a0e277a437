/** What a page has in place of Node's modules does what these do: each case runs on both. */
import { Buffer as NodeBuffer } from "node:buffer";
import * as nodeCrypto from "node:crypto";
import * as nodeFs from "node:fs";
import * as nodePromises from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as nodeUtil from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { Buffer } from "../../../server/in-page/node/buffer.ts";
import * as crypto from "../../../server/in-page/node/crypto.ts";
import * as disk from "../../../server/in-page/node/disk.ts";
import * as fs from "../../../server/in-page/node/fs.ts";
import * as promises from "../../../server/in-page/node/fs-promises.ts";
import * as path from "../../../server/in-page/node/path.ts";
import * as url from "../../../server/in-page/node/url.ts";
import * as util from "../../../server/in-page/node/util.ts";

const paths = [
  "/",
  "/a",
  "/a/b.ts",
  "a/../b",
  "./x/./y",
  "../up",
  "/a//b/",
  "",
  ".",
  "/a/.hidden",
  "a.b.c",
  "/a/b/../../..",
  "x/",
];

describe("paths", () => {
  it("in parts", () => {
    const { normalize, dirname, basename, extname, isAbsolute } = path;
    for (const [name, ours] of Object.entries({ normalize, dirname, basename, extname, isAbsolute }))
      for (const each of paths) expect([name, each, ours(each)]).toEqual([name, each, posix[name as "dirname"](each)]);
  });
  it("join, resolve and relative", () => {
    for (const a of paths)
      for (const b of paths) {
        expect([a, b, path.join(a, b)]).toEqual([a, b, posix.join(a, b)]);
        expect([a, b, path.resolve("/root", a, b)]).toEqual([a, b, posix.resolve("/root", a, b)]);
        const [from, to] = [posix.resolve("/root", a), posix.resolve("/root", b)];
        expect([a, b, path.relative(from, to)]).toEqual([a, b, posix.relative(from, to)]);
      }
    expect(path.basename("/a/b.ts", ".ts")).toBe("b");
  });
  it("addresses of files", () => {
    for (const each of ["/a/b c.ts", "/ä/#x?y"]) {
      expect(url.pathToFileURL(each).href).toBe(pathToFileURL(each).href);
      expect(url.fileURLToPath(pathToFileURL(each))).toBe(fileURLToPath(pathToFileURL(each)));
    }
  });
});

describe("bytes", () => {
  const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, at) => (at * 37 + length) % 256);

  it("have the same SHA-256, in pieces of any length, and the same HMAC", () => {
    for (const length of [0, 1, 55, 56, 63, 64, 65, 119, 120, 1000, 100_003]) {
      const data = bytes(length);
      const [ours, theirs] = [crypto.createHash("sha256"), nodeCrypto.createHash("sha256").update(data)];
      for (let at = 0; at < length; at += 17) ours.update(data.subarray(at, at + 17));
      expect(ours.digest("hex")).toBe(theirs.digest("hex"));
      const keyed = crypto
        .createHmac("sha256", bytes(length % 200))
        .update(data)
        .digest("hex");
      expect(keyed).toBe(
        nodeCrypto
          .createHmac("sha256", bytes(length % 200))
          .update(data)
          .digest("hex"),
      );
    }
    expect(crypto.createHash("sha256").update("ä").digest("base64url")).toBe(
      nodeCrypto.createHash("sha256").update("ä").digest("base64url"),
    );
  });

  it("are the same texts in each encoding", () => {
    for (const encoding of ["utf8", "hex", "base64", "base64url", "latin1"] as const) {
      const text = NodeBuffer.from(bytes(50)).toString(encoding);
      expect(Buffer.from(bytes(50)).toString(encoding)).toBe(text);
      expect([...Buffer.from(text, encoding)]).toEqual([...NodeBuffer.from(text, encoding)]);
    }
    expect([...Buffer.concat([bytes(3), bytes(4)])]).toEqual([...bytes(3), ...bytes(4)]);
    expect(Buffer.from("\uFEFFx").toString()).toBe("\uFEFFx");
  });
});

describe("values", () => {
  it("are equal where Node finds them equal", () => {
    const values = [1, "1", null, undefined, [1], { a: 1 }, { a: [1, { b: 2 }] }, { a: undefined }, {}, [], NaN];
    for (const a of values)
      for (const b of [...values, ...structuredClone(values)])
        expect([a, b, util.isDeepStrictEqual(a, b)]).toEqual([a, b, nodeUtil.isDeepStrictEqual(a, b)]);
  });

  it("look as on Node's console", () => {
    for (const each of [{ a: 1, "b c": [1, 2] }, [1, "x"], new Map([["a", 1]]), new Set([1]), null, 1n, -0, [], {}])
      expect(util.inspect(each).replaceAll('"', "'")).toBe(nodeUtil.inspect(each));
    const circle: { self?: unknown } = {};
    circle.self = circle;
    expect(util.inspect(circle)).toContain("[Circular]");
  });
});

describe("files", () => {
  const real = nodeFs.mkdtempSync(join(tmpdir(), "in-page-"));
  const memory = "/work";
  fs.mkdirSync(memory);
  afterAll(() => nodeFs.rmSync(real, { recursive: true }));

  type Both = { readonly fs: typeof nodeFs; readonly promises: typeof nodePromises; readonly root: string };
  const both: readonly Both[] = [
    { fs: nodeFs, promises: nodePromises, root: real },
    { fs: fs as unknown as typeof nodeFs, promises: promises as unknown as typeof nodePromises, root: memory },
  ];

  /** Does the same on the disk and in memory. @returns what came out, which must be the same */
  async function same(work: (each: Both) => unknown): Promise<unknown> {
    const found = [];
    for (const each of both)
      found.push(
        await (async () => work(each))().catch((error: NodeJS.ErrnoException) => ({
          code: error.code ?? error.message,
        })),
      );
    expect(found[1]).toEqual(found[0]);
    return found[0];
  }

  it("are written, appended, read in parts, moved, linked and removed alike", async () => {
    await same(({ fs, root }) => fs.mkdirSync(`${root}/a/b`, { recursive: true }) && undefined);
    await same(({ fs, root }) => fs.mkdirSync(`${root}/a`));
    await same(({ fs, root }) => fs.writeFileSync(`${root}/a/x`, "hello"));
    await same(({ fs, root }) => fs.appendFileSync(`${root}/a/x`, " there"));
    await same(({ fs, root }) => {
      const handle = fs.openSync(`${root}/a/x`, "a");
      fs.writeSync(handle, "!");
      fs.fsyncSync(handle);
      fs.closeSync(handle);
      return fs.readFileSync(`${root}/a/x`, "utf8");
    });
    await same(async ({ promises, root }) => {
      const file = await promises.open(`${root}/a/x`);
      const into = new Uint8Array(4);
      const { bytesRead } = await file.read(into, 0, 4, 6);
      const { size } = await file.stat();
      await file.close();
      return [[...into], bytesRead, size];
    });
    await same(({ fs, root }) => fs.symlinkSync("x", `${root}/a/link`));
    await same(({ fs, root }) => [fs.readFileSync(`${root}/a/link`, "utf8"), fs.readlinkSync(`${root}/a/link`)]);
    await same(async ({ promises, root }) => (await promises.realpath(`${root}/a/link`)).slice(-4));
    await same(({ fs, root }) => fs.lstatSync(`${root}/a/link`).isSymbolicLink());
    await same(({ fs, root }) => fs.renameSync(`${root}/a/x`, `${root}/a/b/y`));
    await same(({ fs, root }) => fs.existsSync(`${root}/a/link`));
    await same(async ({ promises, root }) => (await promises.readdir(root, { recursive: true })).sort());
    await same(async ({ promises, root }) =>
      (await promises.readdir(`${root}/a`, { withFileTypes: true }))
        .map((each) => [each.name, each.isDirectory(), each.isFile()])
        .sort(),
    );
    await same(({ promises, root }) => promises.copyFile(`${root}/a/b/y`, `${root}/copy`));
    await same(({ promises, root }) => promises.rm(`${root}/a`));
    await same(({ promises, root }) => promises.rm(`${root}/a`, { recursive: true, force: true }));
    await same(({ fs, root }) => fs.readdirSync(root));
  });

  it("fail with the same codes", async () => {
    const cases: ((each: Both) => unknown)[] = [
      ({ fs, root }) => fs.readFileSync(`${root}/none`),
      ({ fs, root }) => fs.readFileSync(root),
      ({ fs, root }) => fs.statSync(`${root}/copy/below`),
      ({ fs, root }) => fs.statSync(`${root}/none`, { throwIfNoEntry: false }),
      ({ fs, root }) => fs.readdirSync(`${root}/copy`),
      ({ fs, root }) => fs.writeFileSync(`${root}/none/x`, ""),
      ({ fs, root }) => fs.writeFileSync(`${root}/copy`, "", { flag: "wx" }),
      ({ fs, root }) => fs.rmSync(`${root}/none`),
      ({ fs, root }) => fs.rmSync(`${root}/none`, { force: true }),
      ({ fs, root }) => fs.renameSync(`${root}/none`, `${root}/other`),
      ({ fs, root }) => fs.linkSync(`${root}/copy`, `${root}/copy`),
    ];
    const codes = [];
    for (const each of cases) codes.push(await same(each));
    expect(codes).toContainEqual({ code: "ENOENT" });
    expect(codes).toContainEqual({ code: "EEXIST" });
  });

  it("have a mark that changes with each write", () => {
    const mark = (): bigint => fs.statSync(`${memory}/copy`, { bigint: true })!.ctimeNs;
    const before = mark();
    fs.writeFileSync(`${memory}/copy`, "a");
    const after = mark();
    fs.writeFileSync(`${memory}/copy`, "a");
    expect(after).toBeGreaterThan(before);
    expect(mark()).toBeGreaterThan(after);
  });

  it("are limited, and what is removed makes room", () => {
    const before = disk.bytesInUse();
    fs.writeFileSync("/large", new Uint8Array(100_000_000));
    expect(disk.bytesInUse() - before).toBe(100_000_000);
    const more = (): void => {
      for (let at = 0; at < 6; at++) fs.writeFileSync(`/large-${at}`, new Uint8Array(100_000_000));
    };
    expect(more).toThrow(/ENOSPC: this page keeps at most 512 MiB/);
    for (const name of fs.readdirSync("/")) if (String(name).startsWith("large")) fs.rmSync(`/${name}`);
    expect(disk.bytesInUse()).toBe(before);
  });
});
