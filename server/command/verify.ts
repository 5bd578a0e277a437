/** `palimpsest verify`: repeats a record and compares, number by number. */
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Report, type VerifiedRun, writeCertificate } from "../records/certificate.ts";
import { Comparison } from "../records/comparison.ts";
import { sideBySide } from "../records/environment.ts";
import { Damaged, type OpenRecord, openRecord } from "../records/open-record.ts";
import { CERTIFICATE } from "../records/record.ts";
import { RepeatedWorkspace } from "../records/repeated-workspace.ts";
import { type Coverage, planOf, type Round } from "../records/replay.ts";
import { Verification } from "../records/verification.ts";
import { unpack } from "../records/zip.ts";
import { openSession } from "../session/open.ts";
import { backendOf, type Command, Misuse, memoryOf, parseArguments } from "./command.ts";
import { type HeadlessResult, runHeadless } from "./headless-run.ts";
import { recordArgument } from "./record-argument.ts";
import { reportText } from "./verification-text.ts";

export const verify: Command = {
  name: "verify",
  synopsis: "verify <record> [--steps n] [--segments k] [--json]",
  summary: "repeats a record and compares every number",
  usage: `palimpsest verify <record> [--steps n] [--segments k] [--json] [--files folder] [--backend b] [--memory size]

Checks that no file of the record was changed, then runs its notebook again in a folder of its own, with the recorded inputs, seed
and changes, and compares every row, every measure, the results and what the cells show. The record is the folder that
palimpsest run has written, or the archive of palimpsest pack, packed or unpacked. The verdict is written beside it, as
${CERTIFICATE}.

  --steps n       verify the first n steps of each run, not the results
  --segments k    verify k stretches between checkpoints, chosen by the record's digest
  --files folder  where models and data files are of which the record has only the digest
  --json          print one object as the last line: {verdict, record, runs, first, environment}
  --backend b     compute with this backend; default: the recorded one, if this machine has it
  --memory size   the most memory that tensors may use, such as 6GB

Verdicts: identical, to the last bit; within tolerance, where the backend or the machine is another one; different.

Exit code 0: identical or within tolerance; 1: different; 2: a file of the record was changed, or wrong use of the command.`,

  async run(args) {
    const { values, positionals } = parseArguments(args, {
      steps: { type: "string" },
      segments: { type: "string" },
      files: { type: "string" },
      json: { type: "boolean" },
      backend: { type: "string" },
      memory: { type: "string" },
    });
    const path = await recordArgument("verify", positionals);
    const coverage = coverageOf(values.steps, values.segments);
    const device = { ...backendOf(values.backend), ...memoryOf(values.memory) };
    const place = await recordPlace(path);
    try {
      const open = await place.open();
      if (coverage.kind !== "all" && open.record.runs.length === 0)
        throw new Misuse(`This record has no training. Verify it without --${coverage.kind}.`);
      if (coverage.kind === "segments" && !open.sealed)
        throw new Misuse("This record was cut off, so its checkpoints may be missing. Verify it without --segments.");
      const { report, curve, certificate } = await verified(open, coverage, device, values.files);
      const { verdict, ...rest } = report;
      const whole: Report = { verdict, record: path, ...rest };
      await certificate(place.certificate, whole).catch((error: Error) => {
        process.stderr.write(`The certificate could not be written: ${error.message}\n`);
      });
      process.stdout.write(values.json ? `${JSON.stringify(whole)}\n` : reportText(whole, open.record, curve));
      return verdict === "different" ? 1 : 0;
    } catch (error) {
      throw error instanceof Damaged ? new Misuse(error.message) : error;
    } finally {
      await place.remove();
    }
  },
};

type RecordPlace = {
  readonly open: () => Promise<OpenRecord>;
  readonly certificate: string;
  readonly remove: () => Promise<void>;
};

/** A record's folder, or an archive, which is unpacked to a temporary folder. */
async function recordPlace(path: string): Promise<RecordPlace> {
  if ((await stat(path)).isDirectory())
    return { open: () => openRecord(path), certificate: join(path, CERTIFICATE), remove: async () => {} };
  const folder = await mkdtemp(join(tmpdir(), "palimpsest-record-"));
  const open = async (): Promise<OpenRecord> => {
    await unpack(path, folder);
    return openRecord(folder);
  };
  const certificate = `${path.replace(/\.zip$/i, "")}.${CERTIFICATE}`;
  return { open, certificate, remove: () => rm(folder, { recursive: true, force: true }) };
}

type Device = { readonly backend?: string; readonly memory?: number };
type Verified = {
  readonly report: Omit<Report, "record">;
  readonly curve: Comparison["curve"];
  readonly certificate: (path: string, report: Report) => Promise<void>;
};

async function verified(
  open: OpenRecord,
  coverage: Coverage,
  device: Device,
  files: string | undefined,
): Promise<Verified> {
  const { record, tables, digest } = open;
  const lengths = new Map([...tables].map(([id, { rows }]) => [id, rows.length]));
  const comparison = new Comparison();
  const rounds = planOf(record, lengths, coverage, digest);
  const place = await RepeatedWorkspace.make(open, files);
  let environment = {};
  const steps = new Map<string, number>();
  try {
    for (const round of rounds) {
      await place.prepare(round);
      const done = await repeated(open, round, comparison, device, place.workspace);
      environment = done.environment;
      for (const [run, count] of done.verified) steps.set(run, (steps.get(run) ?? 0) + count);
    }
  } finally {
    await place.remove();
  }
  const runs: VerifiedRun[] = record.runs.map(({ id, method, steps: all }) => {
    return { id, method, steps: lengths.get(id) ?? all, verified: steps.get(id) ?? 0 };
  });
  const { verdict, first } = comparison;
  const report = { verdict, runs, ...(first && { first }), environment: sideBySide(record.environment, environment) };
  const compared = rounds.flatMap(({ targets }) => targets);
  const how = { coverage, compared, environment, comparison };
  return { report, curve: comparison.curve, certificate: (path, whole) => writeCertificate(path, open, whole, how) };
}

/** Repeats one round; on the recorded backend if this machine has it. */
async function repeated(
  open: OpenRecord,
  round: Round,
  comparison: Comparison,
  device: Device,
  workspace: string,
): Promise<Verification> {
  const { record } = open;
  const once = async (options: Device): Promise<{ verification: Verification; result: HeadlessResult }> => {
    const verification = new Verification(open, round, comparison, () => {
      const { run, step, column } = comparison.first!;
      process.stderr.write(`The first difference is at step ${step} of ${run}, in ${column}.\n`);
    });
    const session = await openSession({
      workspace,
      path: record.notebook,
      seed: record.seed,
      use: { kind: "headless", inputs: record.inputs },
      replay: round.replay,
      onUse: verification.onUse,
      ...options,
    });
    verification.watch(session);
    return { verification, result: await runHeadless(session, new Map(), { cells: round.cells }) };
  };
  const { backend } = record.environment;
  let { verification, result } = await once({ ...(backend !== undefined && { backend }), ...device });
  if (!verification.ready && device.backend === undefined) ({ verification, result } = await once(device));
  if (!verification.ready) throw new Error(result.errors.join("\n") || "The notebook could not be run.");
  await verification.finish(result.state, result.outputs, workspace);
  if (comparison.first) for (const line of result.errors) process.stderr.write(`${line}\n`);
  return verification;
}

/** @throws Misuse */
function coverageOf(steps: string | undefined, segments: string | undefined): Coverage {
  if (steps !== undefined && segments !== undefined)
    throw new Misuse("Give --steps or --segments, not both: they cover different parts of the runs.");
  if (steps !== undefined) return { kind: "steps", steps: countOf("--steps", steps) };
  return segments === undefined ? { kind: "all" } : { kind: "segments", segments: countOf("--segments", segments) };
}

function countOf(option: string, text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1)
    throw new Misuse(`${option} must be a whole number of at least 1, not "${text}".`);
  return count;
}
