/** The certificate of a verification: what was verified, when, on which kind of machine, with which verdict. */
import { writeSafely } from "../session/write-file.ts";
import { canonicalJson } from "./canonical-json.ts";
import type { Comparison, CurvePoint, Difference, Verdict } from "./comparison.ts";
import type { EnvironmentEntry } from "./environment.ts";
import type { OpenRecord } from "./open-record.ts";
import type { Environment } from "./record.ts";
import type { Coverage, Target } from "./replay.ts";

export type VerifiedRun = {
  readonly id: string;
  readonly method: string;
  readonly steps: number;
  /** How many of its steps were compared. */
  readonly verified: number;
};
export type Report = {
  readonly verdict: Verdict;
  /** The record's absolute path. */
  readonly record: string;
  readonly runs: readonly VerifiedRun[];
  readonly first?: Difference;
  readonly environment: readonly EnvironmentEntry[];
};

/** The most points of the curve of a run that a certificate keeps. */
const POINTS = 200;

/** @param path where the certificate goes. @param compared the stretches that were compared */
export async function writeCertificate(
  path: string,
  { record, digest }: OpenRecord,
  { verdict, runs, first }: Report,
  how: {
    readonly coverage: Coverage;
    readonly compared: readonly Target[];
    readonly environment: Environment;
    readonly comparison: Comparison;
  },
): Promise<void> {
  const covered = how.compared.map(({ run, from, to }) => ({ run: run.id, from, to }));
  const certificate = {
    format: "palimpsest-certificate/1",
    record: record.id,
    /** Of record.json. */
    digest,
    verdict,
    verified: new Date().toISOString(),
    coverage: { ...how.coverage, steps: covered },
    runs,
    ...(first && { first }),
    environment: how.environment,
    curve: runs.flatMap(({ id }) => thinned(how.comparison.curve.filter(({ run }) => run === id))),
  };
  await writeSafely(path, `${canonicalJson(certificate)}\n`, 0o644);
}

/** The largest difference of each of some stretches. */
export function thinned(curve: readonly CurvePoint[], points = POINTS): CurvePoint[] {
  const size = Math.max(1, Math.ceil(curve.length / points));
  const groups = Array.from({ length: Math.ceil(curve.length / size) }, (_, at) =>
    curve.slice(at * size, (at + 1) * size),
  );
  return groups.map((group) => group.reduce((a, b) => (b.difference > a.difference ? b : a)));
}
