/**
 * A real Slurm on this machine, for tests: a controller and two nodes, without root, munge, systemd or a database, on free ports
 * of 127.0.0.1. It needs Debian's package `slurm-wlm`. A node that does not answer is given up after some seconds.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { delimiter, join } from "node:path";
import { until } from "../server/until.ts";

/** Debian has the daemons where only root looks. */
const PATH = [process.env.PATH, "/usr/sbin", "/sbin"].join(delimiter);
export const NODES = ["node0", "node1"] as const;
type Node = (typeof NODES)[number];

/** Whether this machine has Slurm. */
export function slurmIsThere(): boolean {
  return ["slurmctld", "slurmd", "sbatch", "squeue", "scancel"].every((name) => {
    try {
      execFileSync("sh", ["-c", `command -v ${name}`], { env: { ...process.env, PATH }, stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  });
}

export class TestSlurm {
  /** What a command needs in its environment to reach this Slurm. */
  readonly env: NodeJS.ProcessEnv;
  readonly #folder: string;
  readonly #daemons = new Map<string, ChildProcess>();

  private constructor(folder: string) {
    this.#folder = folder;
    this.env = { ...process.env, PATH, SLURM_CONF: join(folder, "slurm.conf") };
  }

  static async start(): Promise<TestSlurm> {
    const folder = mkdtempSync(join(tmpdir(), "slurm-"));
    mkdirSync(join(folder, "state"));
    const ports = await Promise.all(["controller", ...NODES].map(freePort));
    writeFileSync(join(folder, "slurm.conf"), configuration(folder, ports));
    const slurm = new TestSlurm(folder);
    slurm.#launch("slurmctld", "slurmctld", []);
    for (const node of NODES) slurm.#launch(node, "slurmd", ["-N", node]);
    try {
      await until(() => slurm.tool("sinfo", "-h", "-N", "-o", "%T").join() === "idle,idle", 40);
    } catch (error) {
      const logs = ["slurmctld", ...NODES].map((name) => readFileSync(join(folder, `${name}.log`), "utf8"));
      throw new Error(`Slurm did not start: ${error}\n${logs.join("\n")}`);
    }
    return slurm;
  }

  /** Runs one of Slurm's tools. @returns its lines; none while the controller is not there */
  tool(name: string, ...args: string[]): string[] {
    try {
      const out = execFileSync(name, args, { env: this.env, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
      return out.split("\n").filter((line) => line !== "");
    } catch {
      return [];
    }
  }

  /** Kills the daemon of a node, as a crash does. What it has started goes on. */
  killDaemon(node: Node): void {
    this.#daemons.get(node)?.kill("SIGKILL");
  }

  /** Slurm holds a requeued task back for two minutes; here it may start at once. */
  releaseRequeued(): void {
    const held = this.tool("squeue", "-h", "-r", "-t", "pending", "-o", "%i %r").flatMap((line) => {
      const [task = "", reason] = line.split(" ");
      return reason === "BeginTime" ? [task] : [];
    });
    for (const task of held) this.tool("scontrol", "update", `JobId=${task}`, "StartTime=now");
  }

  async stop(): Promise<void> {
    this.tool("scancel", `--user=${userInfo().username}`);
    await until(() => this.tool("squeue", "-h", "-t", "running,completing").length === 0, 20).catch(() => undefined);
    const alive = [...this.#daemons.values()].filter((child) => child.exitCode === null && child.signalCode === null);
    const ended = alive.map((child) => new Promise((resolve) => child.once("exit", resolve)));
    for (const child of alive) child.kill("SIGTERM");
    const timer = setTimeout(() => {
      for (const child of alive) child.kill("SIGKILL");
    }, 10_000);
    await Promise.all(ended);
    clearTimeout(timer);
  }

  /** In the foreground, so that it ends with a signal. */
  #launch(name: string, program: string, args: readonly string[]): void {
    const log = join(this.#folder, `${name}.log`);
    const words = ["-c", "-D", ...args, "-f", this.env.SLURM_CONF!, "-L", log];
    this.#daemons.set(name, spawn(program, words, { env: this.env, stdio: "ignore" }));
  }
}

function configuration(folder: string, [controller, ...ports]: readonly number[]): string {
  const user = userInfo().username;
  const nodes = NODES.map(
    (node, at) => `NodeName=${node} NodeHostname=localhost NodeAddr=127.0.0.1 Port=${ports[at]} CPUs=2 RealMemory=2000`,
  );
  return `ClusterName=test
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort=${controller}
SlurmUser=${user}
SlurmdUser=${user}
AuthType=auth/none
CredType=cred/none
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool-%n
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/%n.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
SchedulerParameters=batch_sched_delay=0
SlurmdTimeout=5
KillWait=15
ReturnToService=2
${nodes.join("\n")}
PartitionName=main Nodes=ALL Default=YES
`;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
