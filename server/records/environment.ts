/**
 * The environment of an experiment: the program, the machine, and what computes. Each entry is a name and a text, so that two
 * environments can be put side by side.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ownVersion } from "../session/own-version.ts";
import { filesIn, packageState } from "../session/package-state.ts";
import type { Environment } from "./record.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Those that change which instructions compute, and with them the rounding. */
const FEATURES = /^(sse4_[12]|avx\w*|fma|f16c|amx\w*|asimd\w*|sve\w*|bf16|fp16)$/;
const LIBRARIES = ["@tensorflow/tfjs", "@huggingface/jinja", "@huggingface/tokenizers"];

/** What is the same for every backend. */
export function environment(): Environment {
  const [version = "", code = ""] = ownVersion().split(" ");
  const commit = commitOf(ROOT);
  const gpu = gpus();
  return {
    palimpsest: version,
    ...(commit !== undefined && { commit }),
    code,
    node: process.version,
    system: `${process.platform} ${process.arch}`,
    processor: cpus()[0]?.model.trim() ?? "unknown",
    features: features().join(" "),
    threads: String(availableParallelism()),
    ...(gpu.length > 0 && { gpu: gpu.join(", ") }),
    ...Object.fromEntries(LIBRARIES.map((name) => [`library ${name}`, packageState(name, ROOT).version])),
  };
}

/** The backend, with a digest over the code of its kernels and the packages that it computes with. */
export function backendEnvironment(backend: string): Environment {
  const hash = createHash("sha256");
  const device = join(ROOT, "cells", "device");
  const own = filesIn(device).filter((path) => {
    const [folder, ...deeper] = path.split(/[\\/]/);
    return deeper.length === 0 || folder === backend;
  });
  for (const path of own) hash.update(`${path}\n`).update(readFileSync(join(device, path)));
  for (const name of packagesOf(backend)) hash.update(`${name} ${packageState(name, ROOT).digest}\n`);
  return { backend, kernels: hash.digest("hex") };
}

/** What the numbers of a run depend on: if one of these differs, they are equal only within a tolerance. */
export function decidesBits(name: string): boolean {
  return !["palimpsest", "code", "commit"].includes(name);
}

export type EnvironmentEntry = { readonly name: string; readonly recorded: string; readonly now: string };

/** Two environments side by side. */
export function sideBySide(recorded: Environment, now: Environment): readonly EnvironmentEntry[] {
  const names = [...new Set([...Object.keys(recorded), ...Object.keys(now)])];
  return names.map((name) => ({ name, recorded: recorded[name] ?? "none", now: now[name] ?? "none" }));
}

function packagesOf(backend: string): readonly string[] {
  if (backend === "tensorflow") return ["@tensorflow/tfjs", "@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-node"];
  return backend === "cpu" ? ["@tensorflow/tfjs"] : ["@tensorflow/tfjs", `@tensorflow/tfjs-backend-${backend}`];
}

/** The commit of a clone; undefined for an installed package. Git need not be installed. */
function commitOf(folder: string): string | undefined {
  try {
    const git = join(folder, ".git");
    const head = readFileSync(join(git, "HEAD"), "utf8").trim();
    const ref = head.match(/^ref: (.*)$/)?.[1];
    if (ref === undefined) return head;
    try {
      return readFileSync(join(git, ref), "utf8").trim();
    } catch {
      const packed = readFileSync(join(git, "packed-refs"), "utf8").split("\n");
      return packed.find((line) => line.endsWith(` ${ref}`))?.split(" ")[0];
    }
  } catch {
    return undefined;
  }
}

/** Linux tells; on other systems the processor's name must do. */
function features(): string[] {
  try {
    const [, flags = ""] = readFileSync("/proc/cpuinfo", "utf8").match(/^(?:flags|Features)\s*:(.*)$/m) ?? [];
    return flags
      .split(/\s+/)
      .filter((flag) => FEATURES.test(flag))
      .sort();
  } catch {
    return [];
  }
}

function gpus(): string[] {
  const folder = "/proc/driver/nvidia/gpus";
  try {
    return readdirSync(folder).flatMap((gpu) => {
      const text = readFileSync(join(folder, gpu, "information"), "utf8");
      return text.match(/^Model:\s*(.*)$/m)?.[1] ?? [];
    });
  } catch {
    return [];
  }
}
