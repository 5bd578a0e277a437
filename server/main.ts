/** The command line: finds the command, and turns an error into one line and an exit code: 2 for misuse, 1 for a failure. */
import { readFile } from "node:fs/promises";
import { type Command, Misuse } from "./command/command.ts";

/** In the order of the help. Each is loaded when it is called, so that short commands start fast. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import("./command/start.ts")).start,
  run: async () => (await import("./command/run.ts")).run,
  verify: async () => (await import("./command/verify.ts")).verify,
  pack: async () => (await import("./command/pack.ts")).pack,
  export: async () => (await import("./command/export.ts")).exportPage,
  sweep: async () => (await import("./command/sweep.ts")).sweep,
  prune: async () => (await import("./command/prune.ts")).prune,
  check: async () => (await import("./command/check.ts")).check,
  doctor: async () => (await import("./command/doctor.ts")).doctor,
};

/** @returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  try {
    if (name === undefined || name === "--help" || name === "-h" || name === "help") {
      process.stdout.write(await help());
      return 0;
    }
    if (name === "--version" || name === "-v") {
      process.stdout.write(`${await version()}\n`);
      return 0;
    }
    const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (!load)
      throw new Misuse(
        `There is no command "${name}". The commands are ${Object.keys(COMMANDS).join(", ")}; see palimpsest --help.`,
      );
    const command = await load();
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

async function help(): Promise<string> {
  const commands = await Promise.all(Object.values(COMMANDS).map((load) => load()));
  const lines = commands.map((command) => `  ${command.synopsis.padEnd(52)} ${command.summary}`);
  return `Palimpsest: teach a chat model a new language and watch what it forgets.\n\n${lines.join("\n")}\n\nOptions of a command: palimpsest <command> --help. Version: palimpsest --version.\n`;
}

async function version(): Promise<string> {
  const manifest: { version: string } = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8"));
  return manifest.version;
}
