import { beforeEach, describe, expect, it } from "vitest";
import { chatFile } from "../../../cells/data/chat-file.ts";
import { type BareHost, bareHost } from "../bare-host.ts";

let host: BareHost;
beforeEach(() => {
  host = bareHost();
});

const read = async (rows: readonly object[], options = {}) => {
  host.files.set("chats.jsonl", rows.map((row) => JSON.stringify(row)).join("\n"));
  const { items, bad } = await chatFile("chats.jsonl", options);
  return {
    chats: items.map((chat) => chat.map(({ role, content }) => `${role}: ${content}`)),
    bad: bad.map(({ line, reason }) => `${line}: ${reason}`),
  };
};
const asked = { role: "user", content: "Capital of Italy?" };
const answered = { role: "assistant", content: "Rome" };
const chat = ["user: Capital of Italy?", "assistant: Rome"];

describe("a conversation", () => {
  it.each([
    { messages: [asked, answered] },
    { conversations: [asked, answered] },
    { conversation: [asked, answered] },
    {
      conversations: [
        { from: "human", value: "Capital of Italy?" },
        { from: "gpt", value: "Rome" },
      ],
    },
    {
      messages: [
        { role: "user", content: [{ type: "text", text: "Capital of Italy?" }] },
        { role: "model", content: "Rome" },
      ],
    },
    { prompt: "Capital of Italy?", completion: "Rome" },
    { prompt: [asked], completion: [answered] },
    { prompt: "Capital of Italy?", response: "Rome" },
    { instruction: "Capital of Italy?", context: "", response: "Rome" },
    { instruction: "Capital of Italy?", input: null, output: "Rome", system: "", history: [], tools: [] },
    { system_prompt: "", question: "Capital of Italy?", response: "Rome" },
  ])("is read in the spelling %j", async (row) => {
    expect(await read([row])).toEqual({ chats: [chat], bad: [] });
  });

  it("keeps its system message and its history", async () => {
    const system = "Answer in one word.";
    const all = [`system: ${system}`, ...chat];
    const alpaca = { instruction: "Capital of Italy?", output: "Rome", system };
    expect((await read([alpaca])).chats).toEqual([all]);
    expect((await read([{ ...alpaca, history: [["Capital of France?", "Paris"]] }])).chats).toEqual([
      [all[0], "user: Capital of France?", "assistant: Paris", ...chat],
    ]);
    expect((await read([{ conversations: [asked, answered], system }])).chats).toEqual([all]);
    expect((await read([{ system_prompt: system, question: asked.content, response: "Rome" }])).chats).toEqual([all]);
    expect((await read([{ messages: [{ role: "system", content: "" }, asked, answered] }])).chats).toEqual([
      ["system: ", ...chat],
    ]);
  });

  it("keeps white space at the edges of its turns: code begins with spaces", async () => {
    const content = "    return 1\n";
    const [list] = (await read([{ messages: [asked, { role: "assistant", content }] }])).chats;
    expect(list![1]).toBe(`assistant: ${content}`);
    const [alpaca] = (await read([{ instruction: "Indent.", input: "  x", output: content }])).chats;
    expect(alpaca).toEqual(["user: Indent.\n\n  x", `assistant: ${content}`]);
  });

  it("may lose turns without a question or an answer at its ends, if asked to", async () => {
    const rows = [
      { conversations: [{ from: "gpt", value: "… and so on." }, asked, answered] },
      {
        conversations: [
          { from: "system", value: "Hm." },
          { from: "gpt", value: "Hi!" },
          asked,
          answered,
          { from: "human", value: "Bye" },
        ],
      },
      { conversations: [{ from: "human", value: "alone" }] },
      { conversations: [asked, answered] },
    ];
    expect(await read(rows, { ends: "cut" })).toEqual({
      chats: [chat, ["system: Hm.", ...chat], chat],
      bad: ["3: it has no question with an answer"],
    });
    expect((await read(rows)).bad).toHaveLength(3);
  });

  it("with something that would be ignored is a bad row that says so", async () => {
    const { bad } = await read([
      { messages: [asked, answered] },
      { messages: [asked, answered], tools: [{ name: "search" }] },
      { messages: [asked, { ...answered, tool_calls: [{}] }, answered] },
      { messages: [asked, { role: "tool", content: "x" }, answered] },
      { messages: [asked, { ...answered, weight: 0 }] },
      { messages: [{ role: "user", content: [{ type: "image_url" }] }, answered] },
      { messages: [{ role: "system", content: "a" }, asked, answered], system: "b" },
      { messages: [{ content: "a" }, answered] },
      { messages: [{ role: "user" }, answered] },
    ]);
    expect(bad).toEqual([
      '2: it has "tools", which conversations cannot have here',
      '3: turn 2 has "tool_calls", which turns cannot have here',
      '4: a turn has the unknown role "tool"',
      "5: turn 2 has the weight 0, which turns cannot have here",
      '6: "content" has a part of the type "image_url"; only text can be read',
      "7: it has a system message twice: in a field and as a turn",
      '8: turn 1 has no "role" and no "from"',
      '9: turn 1 has no "content" and no "value"',
    ]);
    await expect(read([{ history: [] }])).rejects.toThrow(
      "its first record has the fields history. It needs a list of turns",
    );
  });
});
