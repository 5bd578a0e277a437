import { beforeAll, beforeEach, expect, it } from "vitest";
import type { ChatModel } from "../../../cells/contracts.ts";
import { refusalLists } from "../../../cells/measure/refusal/lists.ts";
import { type BaseModel, chatModel } from "../../../cells/model/chat-model.ts";
import { chat } from "../../../cells/show/chat.ts";
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

const html = async (...args: Parameters<typeof chat>): Promise<string> => {
  const { output } = await chat(...args);
  if (output.kind !== "html") throw new Error(output.kind);
  return output.html;
};

/** Answers with its last turn and how many messages it read. */
const scripted = (answer: (turn: string) => string): ChatModel => ({
  name: "scripted",
  digest: "",
  generate: async (prompts) =>
    prompts.map(({ messages }) => ({
      text: `${messages.length}: ${answer(messages.at(-1)!.content)}`,
      tokens: 1,
      ended: true,
    })),
  nll: async () => [],
});

it("each model answers every turn in the context of its own answers before; refusals are marked with their phrase", async () => {
  const shown = await html(
    { kind: scripted((turn) => turn), strict: { model: scripted(() => "I cannot do <b>that</b>.") } },
    ["hello", " ", "again"],
    { system: "Be brief.", lists: [refusalLists.gcgShort] },
  );
  // The system's turn and the user's; then the answer and the next turn. An empty turn is left out.
  expect(shown).toContain("<p>2: hello</p>");
  expect(shown).toContain("<p>4: again</p>");
  expect(shown.match(/refused: “I cannot” \(gcg-short/g)).toHaveLength(2);
  expect(shown).not.toContain("<b>");
  expect(shown.indexOf("kind")).toBeLessThan(shown.indexOf("strict"));
});

it("shades the tokens of a model of ours by their probability, and a seed repeats a sampled answer", async () => {
  const ask = (seed: number) => html({ base }, "hello", { maxTokens: 6, temperature: 1.5, seed });
  const [first, again, other] = [await ask(1), await ask(1), await ask(2)];
  expect(first).toBe(again);
  expect(other).not.toBe(first);
  const strengths = [...first.matchAll(/--strength:(\d+)%" title="p = ([\d.e-]+)"/g)];
  expect(strengths.length).toBeGreaterThan(2);
  for (const [, strength, p] of strengths)
    expect(Math.abs(Number(strength) - 45 * Math.min(1, -Math.log(Number(p)) / 4))).toBeLessThan(2);
});

it("needs a model", async () => {
  await expect(chat({}, "hello")).rejects.toThrow("chat(…) needs at least one model");
});
