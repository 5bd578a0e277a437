/**
 * COMET for evaluations: the translations out as the files that comet-score reads, and its scores back in as a measure like any other,
 * with items, so that two models can be compared by it.
 */
import { host } from "../../host.ts";
import type { Result } from "../../types.ts";
import type { Evaluation } from "../evaluation/evaluation.ts";
import { cometOf, cometScores, oneLine } from "./comet.ts";
import { directionName, type TranslatedDirection } from "./translation.ts";

export type SavedTranslations = {
  readonly files: readonly string[];
  /** One call of comet-score for each direction; run them in the folder of the notebook. */
  readonly commands: readonly string[];
};

/**
 * Writes sources, references and each evaluation's translations, one sentence per line, a direction per set of files.
 * @throws if an evaluation has no translations, or translations of other sentences
 */
export async function saveTranslations(folder: string, evaluations: readonly Evaluation[]): Promise<SavedTranslations> {
  const [first, ...others] = evaluations.map(directionsOf);
  if (!first) throw new Error("saveTranslations(…) needs at least one evaluation.");
  const sentences = (list: readonly TranslatedDirection[]): string =>
    JSON.stringify(list.map(({ from, to, sources, references }) => [from, to, sources, references]));
  if (others.some((other) => sentences(other) !== sentences(first)))
    throw new Error("The evaluations translate different sentences. Evaluate all models on the same pairs.");
  const files: string[] = [];
  const write = async (path: string, lines: readonly string[]): Promise<string> => {
    await host().writeFile(path, lines.map((line) => `${oneLine(line)}\n`).join(""));
    files.push(path);
    return `"${path}"`;
  };
  const commands: string[] = [];
  for (const [at, { sources, references, ...direction }] of first.entries()) {
    const stem = stemOf(folder, direction);
    const source = await write(`${stem}.source.txt`, sources);
    const reference = await write(`${stem}.reference.txt`, references);
    const systems: string[] = [];
    for (const each of evaluations) {
      const path = `${stem}.${fileName(each.result.method)}.txt`;
      if (files.includes(path))
        throw new Error(`Two evaluations would be written to ${path}. Give each its own method name.`);
      systems.push(await write(path, directionsOf(each)[at]!.texts));
    }
    commands.push(`comet-score -s ${source} -t ${systems.join(" ")} -r ${reference} --to_json "${stem}.json"`);
  }
  return { files, commands };
}

/**
 * The evaluation with COMET from the files that the commands of `saveTranslations` wrote: `comet`, the mean of the directions, and
 * `comet English→German`, each direction.
 * @param folder as given to `saveTranslations`
 * @throws if a file is missing, or has scores of other translations
 */
export async function withComet(evaluation: Evaluation, folder: string): Promise<Evaluation> {
  const groups: number[][] = [];
  const scores: [string, number][] = [];
  for (const direction of directionsOf(evaluation)) {
    const stem = stemOf(folder, direction);
    const file = await cometScores(`${stem}.json`);
    const wanted = baseName(`${stem}.${fileName(evaluation.result.method)}.txt`);
    const system = Object.keys(file.systems).find((name) => baseName(name) === wanted) ?? wanted;
    const values = cometOf(file, system, { sources: direction.sources, translations: direction.texts });
    groups.push(values);
    scores.push([`comet ${directionName(direction)}`, values.reduce((sum, value) => sum + value, 0) / values.length]);
  }
  const comet = scores.reduce((sum, [, score]) => sum + score, 0) / scores.length;
  const result: Result = { ...evaluation.result, comet, ...Object.fromEntries(scores) };
  return { result, items: { ...evaluation.items, comet: { kind: "values", groups, better: "higher" } } };
}

function directionsOf({ result, items }: Evaluation): readonly TranslatedDirection[] {
  const { chrf } = items;
  if (chrf?.kind === "translations") return chrf.directions;
  throw new Error(`"${result.method}" was evaluated without translations. Give evaluate(…) the option translation.`);
}

const stemOf = (folder: string, { from, to }: Pick<TranslatedDirection, "from" | "to">): string =>
  `${folder}/${fileName(from)}-${fileName(to)}`;

/** Letters and digits of any script stay; all else becomes an underscore. */
const fileName = (name: string): string => name.replace(/[^\p{L}\p{M}\p{N}.+-]+/gu, "_");

const baseName = (path: string): string => path.replace(/^.*[/\\]/, "");
