/**
 * Downloads tfjs-node's sources and kernels from npm's registry as archives. They are not installed, so no install script runs
 * (tfjs-node's would download a TensorFlow from 2022).
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export const packages = { tfjsNode: "@tensorflow/tfjs-node@4.22.0", protobuf: "google-protobuf@3.21.4" };
const headers = "node-api-headers@1.9.0";

/** Unpacks a package to `<folder>/node_modules/<name>`. @returns that path @throws if the registry cannot be reached. */
export async function unpack(specifier: string, folder: string): Promise<string> {
  const target = join(folder, "node_modules", specifier.slice(0, specifier.lastIndexOf("@")));
  await mkdir(target, { recursive: true });
  const archive = await fetchArchive(specifier, folder);
  await run("tar", ["-xzf", archive, "--strip-components=1", "-C", target]);
  await rm(archive);
  return target;
}

type Answer = readonly { readonly filename: string }[] | { readonly error: { readonly summary: string } };

async function fetchArchive(specifier: string, folder: string): Promise<string> {
  const args = ["pack", specifier, "--json", "--pack-destination", folder];
  // The npm that runs this script, which may not be on the PATH.
  const npm = process.env.npm_execpath;
  const output = await (npm ? run(process.execPath, [npm, ...args]) : run("npm", args)).catch(
    (error: { readonly stdout?: string }) => ({
      stdout: error.stdout || JSON.stringify({ error: { summary: String(error) } }),
    }),
  );
  const answer: Answer = JSON.parse(output.stdout);
  if ("error" in answer) {
    const [reason] = answer.error.summary.split("\n");
    throw new Error(`npm cannot fetch ${specifier} (${reason}); check that its registry can be reached.`);
  }
  return join(folder, answer[0]!.filename.replace("@", "").replace("/", "-"));
}

/** A folder with `node_api.h`: that of this Node's installation, or one from npm. */
export async function nodeHeaders(folder: string): Promise<string> {
  const installed = join(dirname(dirname(process.execPath)), "include", "node");
  if (existsSync(join(installed, "node_api.h"))) return installed;
  return join(await unpack(headers, folder), "include");
}
