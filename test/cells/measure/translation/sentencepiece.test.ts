import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { bleuMetric } from "../../../../cells/measure/translation/bleu.ts";
import { sentencePiece } from "../../../../cells/measure/translation/sentencepiece.ts";
import { scoreTexts } from "../../../../cells/measure/translation/text-metric.ts";
import { bareHost } from "../../bare-host.ts";
import { golden } from "../golden.ts";

type System = { hyps: string[]; refs: string[][] };
type Golden = {
  texts: { text: string; ids: number[]; pieces: string[] }[];
  systems: { score: number; signature: string }[];
};
const { systems } = golden<{ systems: System[] }>("sacrebleu");
const { models } = golden<{ models: Record<string, Golden> }>("sentencepiece/pieces");
const file = (name: string): string =>
  fileURLToPath(new URL(`../../../golden/metrics/sentencepiece/${name}`, import.meta.url));

describe.each(Object.entries(models))("a %s model", (name, { texts, systems: scored }) => {
  it("splits every text like SentencePiece in Python", async () => {
    bareHost();
    const { ids, pieces } = await sentencePiece(file(`${name}.model`));
    for (const wanted of texts)
      expect({ text: wanted.text, ids: ids(wanted.text), pieces: pieces(wanted.text) }).toEqual(wanted);
  });

  it("gives the score and signature of sacreBLEU", async () => {
    bareHost();
    const metric = bleuMetric({ tokenizer: await sentencePiece(file(`${name}.model`)) });
    for (const [i, wanted] of scored.entries()) {
      const { hyps, refs } = systems[i]!;
      const references = hyps.map((_, at) => refs.map((each) => each[at]!));
      const found = scoreTexts(metric, hyps, references);
      expect(100 * found.score).toBeCloseTo(wanted.score, 9);
      expect(found.signature).toBe(wanted.signature);
    }
  });
});

it("a file that is not a model is rejected, and the process keeps its own handling of errors", async () => {
  const host = bareHost();
  host.files.set("text.model", "hello");
  const before = [process.listenerCount("uncaughtException"), process.listenerCount("unhandledRejection")];
  await expect(sentencePiece("text.model")).rejects.toThrow("text.model is not a SentencePiece model");
  expect([process.listenerCount("uncaughtException"), process.listenerCount("unhandledRejection")]).toEqual(before);
});
