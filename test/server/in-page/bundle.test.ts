/** The code that a page carries: all that it imports has a place there, and nothing of the machine that made it is in it. */
import { homedir } from "node:os";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { codeOf } from "../../../server/in-page/bundle.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

describe.each(["session", "kernel", "element"] as const)("the %s's code", (part) => {
  it("is bundled, names no module of Node and nothing of this machine", async () => {
    const code = await codeOf(part);
    expect(code.match(/(?:require|import)\("node:[^"]*"\)/g)).toBeNull();
    for (const own of [root, `${homedir()}/`]) expect(code.includes(own), own).toBe(false);
    expect(code).not.toMatch(/<\/script/i);
  });

  it("needs no evaluation of text, which the policy of a page forbids", async () => {
    // Libraries ask in a `try` whether they may; our own code never does.
    const code = await codeOf(part);
    const evaluated = code.match(/\beval\(|new Function\(/g) ?? [];
    expect(evaluated.length).toBeLessThanOrEqual(part === "kernel" ? 2 : 0);
  });
});

it("is small enough that a page with the embedded model has less than 6 MB", async () => {
  const [session, kernel] = await Promise.all([codeOf("session"), codeOf("kernel")]);
  expect(gzipSync(session + kernel).byteLength).toBeLessThan(850_000);
});
