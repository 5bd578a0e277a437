import { expect, it } from "vitest";
import type { Conversation } from "../../../cells/data/chat-file.ts";
import { sft } from "../../../cells/method/sft.ts";

const chat: Conversation = [
  { role: "system", content: "Be brief." },
  { role: "user", content: "Hi" },
  { role: "assistant", content: "Hello." },
  { role: "user", content: "Bye" },
  { role: "assistant", content: "See you." },
];

it("learns each answer after all turns before it, and the end of its turn", () => {
  const { samples, name, per } = sft([chat]);
  expect([name, per]).toEqual(["sft", "token"]);
  expect(samples).toEqual([
    {
      prompt: chat.slice(0, 2),
      segments: [{ role: "answer", origin: "data", text: "Hello.", weight: 1 }],
      endTurn: true,
    },
    {
      prompt: chat.slice(0, 4),
      segments: [{ role: "answer", origin: "data", text: "See you.", weight: 1 }],
      endTurn: true,
    },
  ]);
});

it("can learn the last answer only, and says what is wrong with its data", () => {
  expect(sft([chat, chat], { turns: "last" }).samples.map(({ prompt }) => prompt.length)).toEqual([4, 4]);
  expect(() => sft([])).toThrow("needs conversations: a list with at least one item, but the list is empty");
  expect(() => sft({ items: [chat] } as never)).toThrow("Give the items of what was read");
  expect(() => sft([chat], { turn: "last" } as object)).toThrow('Did you mean "turns"?');
});
