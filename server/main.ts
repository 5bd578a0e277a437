/** The command line: finds the command, and turns an error into one line and an exit code: 2 for misuse, 1 for a failure. */
import { readFile } from "node:fs/promises";
import { check } from "./command/check.ts";
import { type Command, Misuse } from "./command/command.ts";
import { doctor } from "./command/doctor.ts";
import { exportPage } from "./command/export.ts";
import { pack } from "./command/pack.ts";
import { prune } from "./command/prune.ts";
import { run } from "./command/run.ts";
import { start } from "./command/start.ts";
import { sweep } from "./command/sweep.ts";
import { verify } from "./command/verify.ts";

const COMMANDS: ReadonlyMap<string, Command> = new Map(
  [start, run, verify, pack, exportPage, sweep, prune, check, doctor].map((command) => [command.name, command]),
);

/** @returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  try {
    if (name === undefined || name === "--help" || name === "-h" || name === "help") {
      process.stdout.write(help());
      return 0;
    }
    if (name === "--version" || name === "-v") {
      process.stdout.write(`${await version()}\n`);
      return 0;
    }
    const command = COMMANDS.get(name);
    if (!command)
      throw new Misuse(
        `There is no command "${name}". The commands are ${[...COMMANDS.keys()].join(", ")}; see palimpsest --help.`,
      );
    if (rest.includes("--help") || rest.includes("-h")) {
      process.stdout.write(`${command.usage}\n`);
      return 0;
    }
    return await command.run(rest);
  } catch (error) {
    process.stderr.write(`palimpsest: ${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof Misuse ? 2 : 1;
  }
}

function help(): string {
  const lines = [...COMMANDS.values()].map((command) => `  ${command.synopsis.padEnd(52)} ${command.summary}`);
  return `Palimpsest: teach a chat model a new language and watch what it forgets.\n\n${lines.join("\n")}\n\nOptions of a command: palimpsest <command> --help. Version: palimpsest --version.\n`;
}

async function version(): Promise<string> {
  const manifest: { version: string } = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8"));
  return manifest.version;
}
