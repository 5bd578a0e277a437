/** The parts of TransLLM: samples, repair of turns, final answers, conversations, and stages that share one adapter. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Prompt } from "../../../cells/contracts.ts";
import { chooseBackend } from "../../../cells/device/backend.ts";
import { transllm } from "../../../cells/index.ts";
import {
  chainSample,
  directSample,
  parallelSample,
  recoverySample,
  translationSample,
} from "../../../cells/method/transllm/samples.ts";
import { parseTurn, repair } from "../../../cells/method/transllm/turns.ts";
import { type BaseModel, chatModel } from "../../../cells/model/chat-model.ts";
import { encodeSample } from "../../../cells/model/encoding.ts";
import { lora } from "../../../cells/model/lora.ts";
import { extendVocabulary } from "../../../cells/model/vocabulary.ts";
import { train } from "../../../cells/train/train.ts";
import type { Pair, Sample } from "../../../cells/types.ts";
import { type BareHost, bareHost } from "../bare-host.ts";
import { question, ruleModel } from "../measure/model.ts";

const folder = new URL("../../../experiments/models/tiny-chat", import.meta.url).pathname;
const tokens = transllm.chainTokens("English", "Velan");
const chat = {
  question: "Movaet bim kruk?",
  sourceQuestion: "What is the capital of Mova?",
  sourceAnswer: "The capital of Mova is Tirek.",
  answer: "Movaet bim Tirek.",
};
const pair: Pair = {
  source: "The cat runs.",
  reference: "wewil saiyiner.",
  from: "English",
  to: "Velan",
  instruction: "Say this in Velan: The cat runs.",
};
const text = ({ segments }: Sample): string => segments.map((segment) => segment.text).join("");

describe("samples", () => {
  test("a chain leads from the question through the source language to the answer", () => {
    expect(chainSample(tokens, chat)).toEqual({
      prompt: [{ role: "user", content: "Movaet bim kruk?" }],
      segments: [
        { role: "translation", origin: "data", weight: 1, text: "<EN> What is the capital of Mova?" },
        { role: "answer", origin: "base", weight: 1, text: " <RESPONSE> The capital of Mova is Tirek." },
        { role: "translation", origin: "data", weight: 1, text: " <VE> Movaet bim Tirek." },
      ],
      endTurn: true,
    });
  });

  test("any two languages have tokens", () => {
    const thai = transllm.chainTokens("English", "Thai");
    expect(text(chainSample(thai, { ...chat, answer: "ทิเร็ก" }))).toMatch(/^<EN> .* <RESPONSE> .* <TH> ทิเร็ก$/);
    expect(() => transllm.chainTokens("German", "Georgian")).toThrow(/share the token <GE>/);
    expect(() => translationSample(thai, pair)).toThrow(/a pair is in Velan/);
  });

  test("without the chain the answer follows directly", () => {
    expect(text(directSample(tokens, chat))).toBe("<VE> Movaet bim Tirek.");
  });

  test("recovery samples are the base's own answers; earlier answers have the same form, and a cut-off one does not end the turn", () => {
    const prompt = [
      { role: "user", content: "Who?" },
      { role: "assistant", content: "I." },
      { role: "user", content: "Why?" },
    ] as const;
    expect(recoverySample(tokens, { prompt, text: "Because", ended: false })).toEqual({
      prompt: [prompt[0], { role: "assistant", content: "<RESPONSE> I." }, prompt[2]],
      segments: [{ role: "answer", origin: "base", weight: 1, text: "<RESPONSE> Because" }],
      endTurn: false,
    });
  });

  test("translations begin with the token of their language, with and without a prompt", () => {
    expect(text(translationSample(tokens, pair))).toBe("<VE> wewil saiyiner.");
    const back = { ...pair, source: pair.reference, reference: pair.source, from: "Velan", to: "English" };
    expect(parallelSample(tokens, back)).toEqual({
      prompt: [],
      segments: [
        { role: "text", origin: "data", weight: 1, text: "<VE> wewil saiyiner." },
        { role: "translation", origin: "data", weight: 1, text: " <EN> The cat runs." },
      ],
      endTurn: false,
    });
  });

  test("translation pre-training includes text in the source language", () => {
    const { samples } = transllm.translationPretraining(tokens, [pair], ["Hello!"]);
    expect(samples.map(text)).toEqual(["<EN> The cat runs. <VE> wewil saiyiner.", "<EN> Hello!"]);
    expect(samples.every(({ prompt, endTurn }) => prompt.length === 0 && !endTurn)).toBe(true);
  });

  test("transfer fine-tuning mixes chats, recovery distillation and translations", () => {
    const own = { prompt: [{ role: "user", content: "Hi" }] as const, text: "Hello!", ended: true };
    const method = transllm.transferFinetuning(tokens, { chats: [chat], recovery: [own], pairs: [pair] });
    expect(method.samples.map(text)).toEqual([
      text(chainSample(tokens, chat)),
      "<RESPONSE> Hello!",
      "<VE> wewil saiyiner.",
    ]);
    expect(method.per).toBe("token");
    const ratios = { chats: 2, recovery: 1, pairs: 1 };
    const mixed = transllm.transferFinetuning(tokens, { chats: [chat], recovery: [own, own], pairs: [pair], ratios });
    expect(mixed.samples.map((sample) => text(sample).slice(0, 7))).toEqual([
      ...Array(4).fill("<EN> Wh"),
      ...Array(2).fill("<RESPON"),
      ...Array(2).fill("<VE> we"),
    ]);
    expect(mixed.config).toMatchObject({ ratios });
    expect(() => transllm.transferFinetuning(tokens, { chats: [], recovery: [], pairs: [] })).toThrow(
      /no samples to train on/,
    );
  });
});

describe("generated turns", () => {
  const complete = "<EN> q <RESPONSE> a <VE> b";
  test.each([
    [` ${complete}`, { sourceQuestion: "q", sourceAnswer: "a", answer: "b" }],
    [" <RESPONSE> a", { sourceAnswer: "a", answer: "a" }],
    ["<VE> b", { answer: "b" }],
    ["<EN> q", { sourceQuestion: "q", answer: "q" }],
    ["plain words", { answer: "plain words" }],
    ["plain <VE> b", { answer: "plain" }],
    [`${complete} <VE> b again`, { sourceQuestion: "q", sourceAnswer: "a", answer: "b" }],
    ["", { answer: "" }],
  ])("%j", (written, turn) => {
    expect(parseTurn(tokens, written)).toEqual(turn);
  });

  test.each([
    ["no <RESPONSE>", "<EN> q", "<EN> q <RESPONSE>"],
    ["no <VE>", "<EN> q <RESPONSE> a", "<EN> q <RESPONSE> a <VE>"],
    ["<RESPONSE> skipped", "<EN> q <VE> b", "<EN> q <RESPONSE>"],
    ["a token twice", "<EN> q <EN> q", "<EN> q <RESPONSE>"],
    ["<RESPONSE> twice", "<EN> q <RESPONSE> a <RESPONSE> c <VE> b", "<EN> q <RESPONSE> a <VE>"],
  ])("repairs a chain with %s", (_, written, beginning) => {
    expect(repair(tokens, written, "chain")?.prefix).toBe(beginning);
  });

  test("repairs neither complete chains, nor other turns, nor requested translations", () => {
    for (const written of [complete, "<RESPONSE> a", "<VE> b", "plain", ""])
      expect(repair(tokens, written, "chain")).toBeUndefined();
    expect(repair(tokens, "<EN> The cat runs.", "translation")).toBeUndefined();
  });
});

/** A model that answers each question with its text, and continues each prefix with its text in `continuations`. */
function modelWith(texts: Readonly<Record<string, string>>, continuations: Readonly<Record<string, string>> = {}) {
  return ruleModel((prompt: Prompt) => {
    const prefix = prompt.prefix?.[0];
    return prefix === undefined ? (texts[question(prompt)] ?? "?") : (continuations[prefix] ?? "?");
  });
}

describe("the model as its user sees it", () => {
  const ask = (content: string): Prompt => ({ messages: [{ role: "user", content }] });

  test("continues only incomplete chains, twice if necessary", async () => {
    const model = modelWith(
      { "q1′": "<EN> q1 <RESPONSE> a1 <VE> a1′", "q2′": "<EN> q2" },
      { "<EN> q2 <RESPONSE>": " a2", "<EN> q2 <RESPONSE> a2 <VE>": " a2′" },
    );
    const turns = await transllm.chainTurns(model, tokens, [ask("q1′"), ask("q2′")], { maxTokens: 9 });
    expect(turns.map(({ answer }) => answer)).toEqual(["a1′", "a2′"]);
    expect(turns.map((turn) => turn.repairs)).toEqual([[], ["<RESPONSE>", "<VE>"]]);
    expect(model.asked).toHaveLength(4);
  });

  test("returns only final answers, and computes NLL after the token that precedes answers", async () => {
    const model = modelWith({ "q′": "<EN> q <RESPONSE> a <VE> a′", q: "<RESPONSE> a", "to English": "<EN> q" });
    const prompts = ["q′", "q", "to English"].map(ask);
    const said = await transllm
      .finalAnswers(model, tokens, { sourceOnly: "translation" })
      .generate(prompts, { maxTokens: 9 });
    expect(said.map((each) => each.text)).toEqual(["a′", "a", "q"]);
    const given: Sample = {
      prompt: [{ role: "user", content: "q" }],
      segments: [{ role: "answer", origin: "rule", text: "a", weight: 1 }],
      endTurn: true,
    };
    await transllm.finalAnswers(model, tokens).nll([given]);
    expect(model.scored[0]!.segments.map((each) => [each.text, each.weight])).toEqual([
      ["<RESPONSE>", 0],
      [" a", 1],
    ]);
  });

  test("gets earlier turns of a conversation in the source language", async () => {
    const model = modelWith({
      "q1′": "<EN> q1 <RESPONSE> a1 <VE> a1′",
      q2: "<RESPONSE> a2",
      "q3′": "<EN> q3 <RESPONSE> a3 <VE> a3′",
    });
    const talk = transllm.conversation(model, tokens);
    const answers = [await talk.say("q1′"), await talk.say("q2"), await talk.say("q3′")];
    expect(answers.map(({ answer }) => answer)).toEqual(["a1′", "a2", "a3′"]);
    expect(model.asked.at(-1)!.messages.map(({ content }) => content)).toEqual([
      "q1",
      "<RESPONSE> a1",
      "q2",
      "<RESPONSE> a2",
      "q3′",
    ]);
    expect(talk.history.map(({ content }) => content)).toEqual(["q1", "a1", "q2", "a2", "q3", "a3"]);
  });
});

describe("on the embedded model", () => {
  let host: BareHost;
  let extended: BaseModel;
  beforeAll(async () => {
    await chooseBackend("wasm");
    host = bareHost();
    extended = await extendVocabulary(await chatModel(folder), transllm.newTokens(tokens));
  });
  afterAll(() => host.end());

  test("each special token is one target token, and all targets of a chain have weight 1", () => {
    const { ids, spans } = encodeSample(extended.tokenizer, chainSample(tokens, chat));
    const texts = spans.map(({ from, to }) => extended.tokenizer.decode(ids.slice(from, to)).trim());
    expect(texts).toEqual([
      "<EN> What is the capital of Mova?",
      "<RESPONSE> The capital of Mova is Tirek.",
      "<VE> Movaet bim Tirek.",
      "",
    ]);
    expect(spans.every(({ weight }) => weight === 1)).toBe(true);
    const added = transllm.newTokens(tokens).map((token) => extended.tokenizer.encode(token));
    expect(added).toEqual([[1152], [1153], [1154]]);
    expect(ids.filter((id) => id >= 1152)).toEqual([1152, 1153, 1154]);
  });

  test("a stage continues from the one before it, with embeddings and output layer, which are saved with the adapter", async () => {
    const adapter = lora({ rank: 2, modulesToSave: ["embed_tokens", "lm_head"] });
    const method = transllm.translationPretraining(tokens, [pair], []);
    const options = {
      method,
      adapter,
      batch: 1,
      learningRate: 0.01,
      warmup: 1,
      floor: 0.1,
      betas: [0.9, 0.99] as const,
    };
    const first = await train(extended, { ...options, steps: 3 }).finished;
    const [{ nll, tokens: count }] = (await first.model.nll(method.samples)) as [{ nll: number; tokens: number }];
    const second = await train(extended, { ...options, steps: 1, from: first }).finished;
    expect(second.rows.at(0)!.loss).toBeCloseTo(nll / count, 4);
    expect(first.rows.at(0)!.loss).toBeGreaterThan(nll / count + 0.5);
    const files = host.runs.at(-1)!.files;
    expect(String(files.get("adapter/tokenizer.json"))).toContain("<VE>");
    expect(JSON.parse(String(files.get("adapter/adapter_config.json"))).modules_to_save).toContain("embed_tokens");
  });
});
