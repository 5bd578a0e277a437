import { beforeEach, expect, it } from "vitest";
import { transllm } from "../../../cells/index.ts";
import { bareHost } from "../bare-host.ts";

const tokens = transllm.chainTokens("English", "Thai");
const record = (id: number, question: string, answer: string) => ({
  id,
  conversations: [
    { from: "human", value: question },
    { from: "gpt", value: answer },
  ],
});

let read: (records: unknown) => ReturnType<typeof transllm.chainFile>;
beforeEach(() => {
  const host = bareHost();
  read = (records) => {
    host.files.set("chains.json", JSON.stringify(records));
    return transllm.chainFile("chains.json", tokens);
  };
});

it("reads chains and the base's own answers, counts the rest, and gives them to the third stage", async () => {
  const file = await read([
    record(1, "เมืองหลวงคืออะไร", "<EN> What is the capital? <RESPONSE> It is Tirek. <TH> คือทิเร็ก"),
    record(2, "Who are you?", "<RESPONSE> A model."),
    record(3, "Translate: Hello", "<TH> สวัสดี"),
    { id: 4, conversations: [{ from: "human", value: "no answer" }] },
  ]);
  expect(file.chats).toEqual([
    {
      question: "เมืองหลวงคืออะไร",
      sourceQuestion: "What is the capital?",
      sourceAnswer: "It is Tirek.",
      answer: "คือทิเร็ก",
    },
  ]);
  expect(file.recovery).toEqual([
    { prompt: [{ role: "user", content: "Who are you?" }], text: "A model.", ended: true },
  ]);
  expect([file.others, file.bad.length]).toEqual([1, 1]);
  const { samples } = transllm.transferFinetuning(tokens, { ...file, pairs: [] });
  expect(samples.map(({ segments }) => segments.map(({ text }) => text).join(""))).toEqual([
    "<EN> What is the capital? <RESPONSE> It is Tirek. <TH> คือทิเร็ก",
    "<RESPONSE> A model.",
  ]);
});

it("names the tokens that it looked for when there are no chains", async () => {
  await expect(read([record(1, "Hi", "Hello")])).rejects.toThrow("<EN>, <RESPONSE>, <TH>");
});
