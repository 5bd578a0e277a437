/** What *Verify here* says: how far it has come, the verdict, or the first difference. */
import type { VerificationProgress } from "../../server/in-page/port.ts";

export function verificationText({ stage, verdict, runs, first, errors }: VerificationProgress): string {
  if (first) {
    const { run, step, column, recorded, now } = first;
    const method = runs.find((each) => each.run === run)?.method ?? run;
    return `Different: ${method}, step ${step}, ${column}: recorded ${recorded}, here ${now}`;
  }
  const steps = runs.reduce((sum, each) => sum + each.steps, 0);
  const verified = runs.reduce((sum, each) => sum + each.verified, 0);
  if (stage === "so far") {
    const word = verdict === "identical" ? "Identical so far" : "Within tolerance so far";
    return `${word}, step ${verified} of ${steps}`;
  }
  if (errors.length > 0) return `It could not be repeated to its end. ${errors.join(" ")}`;
  return verdict === "identical"
    ? `Identical: all ${steps} steps and all results, to the last bit`
    : `Within tolerance: all ${steps} steps and all results`;
}
