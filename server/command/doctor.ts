/** `palimpsest doctor`: what this machine can compute with, and why not with more. A child process looks, for it loads tfjs. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Command, Misuse, words } from "./command.ts";

const ENTRY = fileURLToPath(new URL("../kernel/doctor.ts", import.meta.url));

export const doctor: Command = {
  name: "doctor",
  synopsis: "doctor [--backend b] [--json]",
  summary: "tells the backends of this machine, and why each is or is not used",
  usage:
    "palimpsest doctor [--backend b] [--json]\n\nTells the backends that tensors can be computed with here, why each is or is not used, and measures\nthem: products, the cost of one operation, copies (bytes read and written), room for tensors. --backend examines one alone; webgpu\nmay be a software adapter only then.\n" +
    "npm run setup:tensorflow makes a TensorFlow that you have usable.",

  async run(args) {
    const { values, positionals } = words(args, { json: { type: "boolean" }, backend: { type: "string" } });
    if (positionals.length > 0) throw new Misuse("doctor takes no arguments.");
    const entry = ["--import", import.meta.resolve("tsx"), ENTRY, ...(values.json ? ["--json"] : [])];
    if (values.backend !== undefined) entry.push("--backend", values.backend);
    const child = spawn(process.execPath, entry, { stdio: ["ignore", "inherit", "pipe"] });
    // Libraries greet there; it matters only when the examination fails.
    let complaints = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      complaints += text;
    });
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => {
        if (code === 0) return resolve(0);
        const last = complaints.trim().split("\n").at(-1);
        reject(
          new Error(`the examination ended ${signal ? `by ${signal}` : `with code ${code}`}${last ? `: ${last}` : ""}`),
        );
      });
    });
  },
};
