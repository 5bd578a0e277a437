/** `palimpsest doctor`: what this machine can compute with, and why not with more. A child process does it, since it loads tfjs. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Command, parseArguments } from "./command.ts";

const ENTRY = fileURLToPath(new URL("../kernel/doctor.mjs", import.meta.url));

export const doctor: Command = {
  name: "doctor",
  synopsis: "doctor [model folder …] [--backend b] [--json]",
  summary: "shows the backends of this machine, and why each is used or not",
  usage: `palimpsest doctor [model folder …] [--backend b] [--json]

Shows the backends that can compute tensors on this machine and why each is used or not. Measures their speed:
matrix products, the cost of one operation, copies (bytes read and written), and the memory for tensors.
For each model folder, shows the memory that it needs to generate and to train a LoRA, and warns if that does not fit.

  --backend b   check only this backend; a software adapter for webgpu is used only then
  --json        print the report as JSON

To use a TensorFlow that is installed on this machine: npm run setup:tensorflow`,

  async run(args) {
    const { values, positionals } = parseArguments(args, { json: { type: "boolean" }, backend: { type: "string" } });
    const entry = [ENTRY, ...(values.json ? ["--json"] : [])];
    if (values.backend !== undefined) entry.push("--backend", values.backend);
    entry.push("--", ...positionals);
    const child = spawn(process.execPath, entry, { stdio: ["ignore", "inherit", "pipe"] });
    // Libraries print greetings there, so it is shown only if the check fails.
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => {
        if (code === 0) return resolve(0);
        const last = stderr.trim().split("\n").at(-1);
        const how = signal ? `the check was killed (${signal})` : `the check failed with exit code ${code}`;
        reject(new Error(last ? `${how}: ${last}` : how));
      });
    });
  },
};
