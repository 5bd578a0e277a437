import { beforeAll, beforeEach, expect, it } from "vitest";
import { type BaseModel, chatModel } from "../../../cells/model/chat-model.ts";
import { encodeSample } from "../../../cells/model/encoding.ts";
import { targetCounts } from "../../../cells/model/sample-tokens.ts";
import { tokens } from "../../../cells/show/tokens.ts";
import type { Sample } from "../../../cells/types.ts";
import { type BareHost, bareHost } from "../bare-host.ts";
import { useBackend } from "../model/backend.ts";
import { tinyFolder } from "../model/tiny.ts";

let host: BareHost;
let base: BaseModel;
beforeAll(() => useBackend("wasm"));
beforeEach(async () => {
  host = bareHost(3);
  base = await chatModel(await tinyFolder(host));
  return () => host.end();
});

const sample: Sample = {
  prompt: [{ role: "user", content: "hello <b>" }],
  segments: [
    { role: "translation", origin: "data", text: "quick fox", weight: 1 },
    { role: "separator", origin: "rule", text: "\nNote:", weight: 0 },
    { role: "rationale", origin: "base", text: " walks", weight: 0.5 },
  ],
  endTurn: true,
};

it("says of each token its role, its weight and whether the template wrote it", () => {
  const found = base.tokens(sample);
  expect(found.map(({ text }) => text).join("")).toBe(
    "<s><|user|>\nhello <b>\n<|assistant|>\nquick fox\nNote: walks</s>",
  );
  const of = (role: string): string =>
    found
      .filter((token) => token.role === role && token.part === "text")
      .map(({ text }) => text)
      .join("");
  expect([of("translation"), of("rationale")]).toEqual(["quick fox", " walks"]);
  expect(found.at(-1)).toMatchObject({ text: "</s>", role: "rationale", weight: 0.5, part: "template" });
});

it("shows learnt tokens in the colour of their role, and context grey, with the weights of the method", () => {
  const { output } = tokens(base, { samples: [sample, sample], weight: (role) => (role === "rationale" ? 0 : 1) });
  const html = output.kind === "html" ? output.html : "";
  // The user's "<b>" is text, not a tag.
  expect(html).not.toContain("<b>");
  expect(html).toMatch(
    /<span class="translation" style="--strength:50%" title="\d+: translation, weight 1">quick<\/span>/,
  );
  expect(html).toMatch(/<span class="context" title="\d+: context, weight 0">Note<\/span>|class="context"[^>]*>·/);
  expect(html).not.toContain('class="rationale');
  expect(html.match(/<p>/g)).toHaveLength(2);
  const one = tokens(base, [sample, sample], { limit: 1 }).output;
  expect(one.kind === "html" && one.html).toMatch(/rationale template.*1 of 2 samples\./s);
});

it("counts the targets, and those that the template writes", () => {
  const encoded = [sample, { ...sample, endTurn: false }].map((each) => encodeSample(base.tokenizer, each));
  const counts = targetCounts(encoded);
  expect(counts.templateTargets).toBe(1);
  expect(counts.targets).toBe(counts.targetsByRole.translation! + counts.targetsByRole.rationale!);
  expect(counts.templateShare).toBeCloseTo(1 / counts.targets);
  expect(targetCounts(encoded, (role) => Number(role === "answer"))).toMatchObject({ targets: 0, templateShare: 0 });
});
