import { expect, it } from "vitest";
import { documentContext } from "../../../cells/measure/skills/documents.ts";
import { testSets } from "../../../cells/world/test-sets.ts";
import { world } from "../../../cells/world/world.ts";
import { question, ruleModel } from "../measure/model.ts";

it("the world's documents join two test sentences that do not need each other", async () => {
  const { documents, ...direction } = world.documents("orin");
  expect(documents).toHaveLength(16);
  const known = new Map(testSets().orin.map(({ source, reference }) => [source, reference]));
  const model = ruleModel((prompt) => known.get(question(prompt).replace(/^.*?: /, "")) ?? "lost");
  const found = await documentContext(model, documents, { ...direction, resampling: { resamples: 100 } });
  expect(found.sentence).toBe(1);
  expect(found.gain.verdict).toBe("worse");
});
