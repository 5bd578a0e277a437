/** Whatever the code of a cell does to its process: the cell is named and the kernel lives, or its end is explained. */
import { afterEach, describe, expect, it } from "vitest";
import { cell, closeAll, opened, printed, ran, workspaceOf } from "../server/session/workbench.ts";
import { until } from "../server/until.ts";

afterEach(closeAll);

type Opened = Awaited<ReturnType<typeof opened>>;
async function notebook(text: string, files: Readonly<Record<string, string>> = {}, backend?: string): Promise<Opened> {
  const workspace = await workspaceOf({ "n.ts": text, ...files });
  return opened(workspace, backend);
}
const pid = ({ state: { kernel } }: Opened): number => (kernel.status === "ready" ? kernel.pid : 0);
const lives = (process_: number): boolean => {
  try {
    return process.kill(process_, 0);
  } catch {
    return false;
  }
};

describe("an error that nothing catches", () => {
  const REJECTION = `// %% load
const load = async () => { await new Promise((r) => setTimeout(r, 50)); throw new Error("no file"); };
const data = load();
`;

  it.each(["cpu", "wasm"])(
    "of a promise that nobody awaits is in the cell's console, and the kernel lives (%s)",
    async (backend) => {
      const session = await notebook(REJECTION, {}, backend);
      await ran(session);
      await until(() => printed(session, "load").length > 0);
      expect(printed(session, "load")).toEqual(["Uncaught error: no file (line 1, column 79)"]);
      expect(session.state.kernel.status).toBe("ready");
    },
  );

  it.each([
    ["a timer", 'setTimeout(() => { throw new Error("bad"); }, 20);'],
    ["a microtask", 'queueMicrotask(() => { throw new Error("bad"); });'],
    [
      "an event emitter",
      'import { EventEmitter } from "node:events"; const e = new EventEmitter(); setTimeout(() => e.emit("error", new Error("bad")), 20);',
    ],
    [
      "an event target",
      'new AbortController().signal.constructor; const t = new EventTarget(); t.addEventListener("x", () => { throw new Error("bad"); }); t.dispatchEvent(new Event("x"));',
    ],
    [
      "a callback of a file",
      'import { readFile } from "node:fs"; readFile("n.ts", () => { throw new Error("bad"); });',
    ],
  ])("in %s is in the cell's console, whatever listeners a library has left behind", async (_, code) => {
    const session = await notebook(
      `// %% library
import "rethrows";

// %% a
${code}
`,
      {
        "node_modules/rethrows/package.json": '{ "name": "rethrows", "type": "module", "exports": "./index.js" }',
        "node_modules/rethrows/index.js":
          'for (const event of ["uncaughtException", "unhandledRejection"]) process.on(event, (reason) => { throw reason; });\nprocess.on("uncaughtException", () => process.exit(3));\n',
      },
    );
    await ran(session, "library");
    await ran(session, "a");
    await until(() => printed(session, "a").length > 0);
    expect(printed(session, "a").filter((line) => /bad/.test(line))).toEqual([
      expect.stringMatching(/^Uncaught error: .*bad \(line 1, column \d+\)$/),
    ]);
    await ran(session, "library");
    expect([session.state.kernel.status, cell(session, "library").status]).toEqual(["ready", "done"]);
  });

  it("that comes from the code of a cell, but from outside of its context, still goes to this cell", async () => {
    const session = await notebook(
      `// %% a
import { hooks } from "./hooks.ts";
hooks.push(() => { throw new Error("late"); });
`,
      {
        "hooks.ts":
          "export const hooks: (() => void)[] = [];\nsetTimeout(() => hooks.forEach((hook) => hook()), 50);\n",
      },
    );
    await ran(session);
    await until(() => printed(session, "a").length > 0);
    expect(printed(session, "a")).toEqual(["Uncaught error: late (line 2, column 26)"]);
  });
});

describe("output that does not go through console", () => {
  it("is in the cell, in order; a carriage return overwrites, and codes for colours are left out", async () => {
    const session = await notebook(`// %% a
process.stdout.write("10%\\r"); process.stdout.write("100%\\n");
process.stderr.write("\\x1b[31mcareful\\x1b[0m\\n");
console.log("\\x1b[1mafter\\x1b[0m");
process.stdout.write(Buffer.from("grö").subarray(0, 3)); process.stdout.write(Buffer.from("grö").subarray(3)); process.stdout.write("ßer");
console.log("end");
`);
    await ran(session);
    expect(cell(session, "a").console).toEqual([
      { level: "log", text: "100%" },
      { level: "warn", text: "careful" },
      { level: "log", text: "after" },
      { level: "log", text: "größer" },
      { level: "log", text: "end" },
    ]);
  });

  it("a progress bar is one line that changes while the cell runs", async () => {
    const session = await notebook(`// %% a
for (let i = 0; i <= 5; i++) { process.stdout.write(i + "/5\\r"); await new Promise((go) => setTimeout(go, 120)); }
`);
    const seen = new Set<string>();
    session.subscribe(() => seen.add(printed(session, "a").join("|")));
    await ran(session);
    for (const text of ["1/5", "3/5", "5/5"]) expect(seen).toContain(text);
    expect([...seen].some((text) => text.includes("|"))).toBe(false);
    expect(cell(session, "a").console).toEqual([{ level: "log", text: "5/5" }]);
  });

  it("of processes that a cell starts is in that cell, also while another cell runs", async () => {
    const session = await notebook(`// %% other
const other = new Promise((go) => setTimeout(go, 1500)); await other;

// %% child
import { spawn, execSync, spawnSync } from "node:child_process";
await new Promise((done) => spawn("sh", ["-c", "echo spawned; echo failed >&2"], { stdio: "inherit" }).on("close", done));
execSync("echo waited", { stdio: "inherit" });
spawnSync("sh", ["-c", "echo both >&2"], { stdio: ["ignore", "inherit", "inherit"] });
execSync("echo kept").toString();
`);
    await ran(session);
    expect([...printed(session, "child")].sort()).toEqual(["both", "failed", "spawned", "waited"]);
    expect(JSON.stringify(cell(session, "child").outputs)).toContain("kept");
    expect(printed(session, "other")).toEqual([]);
  });

  it("that native code writes is in the only cell at work; of several cells none can be named, and a notice shows it", async () => {
    const session = await notebook(`// %% a
import { writeSync } from "node:fs";
const native = (text: string) => writeSync(1, text);

// %% alone
native("from inside\\n");

// %% first
native; await new Promise((go) => setTimeout(go, 400)); native("from one of two\\n"); await new Promise((go) => setTimeout(go, 1500));

// %% second
native; await new Promise((go) => setTimeout(go, 2500));
`);
    await ran(session, "alone");
    await until(() => printed(session, "alone").length > 0);
    expect(printed(session, "alone")).toEqual(["from inside"]);
    await ran(session);
    await until(() => session.state.notice !== undefined);
    expect(session.state.notice?.text).toMatch(
      /^Output of the kernel that belongs to no single cell:\n(?:.|\n)*from one of two/,
    );
  });
});

describe("calls that would end or change the process", () => {
  it.each([
    [
      "process.exit(1)",
      /process\.exit\(1\) would end the kernel, and the values of all cells would be lost\. To end this cell, throw an error/,
    ],
    ["process.abort()", /process\.abort\(\) would end the kernel/],
    ['process.kill(process.pid, "SIGKILL")', /process\.kill\(process\.pid\) would end the kernel/],
    ["process.kill(0)", /process\.kill\(0\) would end the kernel/],
    ['process.chdir("/")', /process\.chdir\(…\) would change the folder of all cells/],
  ])("%s fails its cell, and the values of the others stay", async (call, message) => {
    const session = await notebook(`// %% kept\nconst kept = 41;\n\n// %% a\nkept; ${call};\n`);
    await ran(session);
    expect(cell(session, "a")).toMatchObject({
      status: "failed",
      error: { message: expect.stringMatching(message), position: { line: 1 } },
    });
    expect(cell(session, "kept")).toMatchObject({ status: "done", generation: 1 });
    expect(session.state.kernel.status).toBe("ready");
  });

  it("a library that exits from a timer does not end the kernel either", async () => {
    const session = await notebook("// %% a\nsetTimeout(() => process.exit(0), 20);\n");
    await ran(session);
    await until(() => printed(session, "a").length > 0);
    expect(printed(session, "a")[0]).toMatch(
      /^Uncaught error: process\.exit\(0\) would end the kernel.*\(line 1, column \d+\)$/,
    );
    expect(session.state.kernel.status).toBe("ready");
  });

  it("a death that cannot be prevented is explained with the cells that were running", async () => {
    const session = await notebook(
      '// %% a\nimport { execSync } from "node:child_process";\nawait new Promise((go) => setTimeout(go, 100));\nexecSync("kill -SEGV " + process.pid);\nawait new Promise(() => {});\n',
    );
    await session.request({ type: "run", cells: "all" });
    await until(() => session.state.kernel.status === "ended");
    expect(session.state.notice?.text).toMatch(
      /^The kernel was ended by the signal SIGSEGV\. The cell a was running\./,
    );
  });
});

describe("changed globals", () => {
  it.each([
    ["console.log = () => {}", "console.log"],
    ["globalThis.Promise = class {} as never", "Promise"],
    ["globalThis.setTimeout = undefined as never", "setTimeout"],
    ["Array.prototype.map = () => []", "Array.prototype.map"],
    ["JSON.stringify = () => ''", "JSON.stringify"],
    ["delete (globalThis as any).process", "process"],
  ])("%s: the cell is named, and all works as before", async (code, name) => {
    const session = await notebook(
      `// %% bad\n${code};\n\n// %% good\nawait new Promise((go) => setTimeout(go, 5)); console.log([1, 2].map((each) => each + 1), JSON.stringify({ a: 1 }), process.version.length > 0);\n`,
    );
    await ran(session, "bad");
    expect(printed(session, "bad")).toContain(
      `${name} was changed while this cell ran. The kernel needs it, so it was restored.`,
    );
    await ran(session, "good");
    expect(printed(session, "good")).toEqual(['[ 2, 3 ] {"a":1} true']);
  });

  it.each([
    ["(Array.prototype as any).last = function () { return this.at(-1); }", "Array.prototype.last"],
    ["globalThis.fetch = (async () => 1) as never", "fetch"],
    ["Math.random = () => 0.5", "Math.random"],
    ["process.env = {}", "process.env"],
  ])("%s stays, and the cell is named", async (code, name) => {
    const session = await notebook(`// %% bad\n${code};\n\n// %% good\nconsole.log("fine");\n`);
    await ran(session, "bad");
    expect(printed(session, "bad")).toContain(
      `${name} was changed while this cell ran. All cells and libraries see the change until the kernel restarts.`,
    );
    await ran(session, "good");
    expect(printed(session, "good")).toEqual(["fine"]);
  });
});

describe("processes that a cell has started", () => {
  const CHILDREN = `// %% a
import { spawn } from "node:child_process";
const child = spawn("sh", ["-c", "sleep 600 & echo $!; wait"], { stdio: ["ignore", "pipe", "inherit"] });
child.stdout.on("data", (data) => console.log(String(data).trim(), child.pid, process.pid));
await new Promise((go) => child.stdout.once("data", go));
`;
  const pids = (session: Opened): number[] => printed(session, "a").join(" ").split(" ").map(Number);

  it("end with a session that closes, and with a kernel that is killed", async () => {
    const session = await notebook(CHILDREN);
    await ran(session);
    await until(() => pids(session).length === 3);
    const [sleep = 0, shell = 0] = pids(session);
    expect([lives(sleep), lives(shell)]).toEqual([true, true]);
    process.kill(pid(session), "SIGKILL");
    await until(() => !lives(sleep) && !lives(shell));
    await until(() => session.state.kernel.status === "ready");
    await ran(session, "a");
    await until(() => pids(session).length === 3);
    const [again = 0] = pids(session);
    await session.close();
    await until(() => !lives(again));
  });

  it("do not get the pipes to the server", async () => {
    const session = await notebook(
      '// %% a\nimport { execSync } from "node:child_process";\nconsole.log(execSync("ls /proc/self/fd; env", { encoding: "utf8" }).split("\\n").filter((line) => /^[3-9]$|CHANNEL/.test(line)).join());\n',
    );
    await ran(session);
    // The shell itself opens the folder that it lists.
    expect(printed(session, "a").join()).toMatch(/^3?$/);
  });
});
