import { expect, test } from "vitest";
import { MessageTurns } from "../../../server/kernel/message-turns.ts";

const rest = () => new Promise((resolve) => setTimeout(resolve, 20));

test("what a message starts continues behind its awaits before the next message is handled", async () => {
  const done: string[] = [];
  const turns = new MessageTurns<string>((message) => {
    done.push(message);
    void (async () => {
      await null;
      await null;
      done.push(`${message} continued`);
    })();
  });
  // As Node delivers messages that arrive together.
  for (const message of ["execute", "end", "execute again"]) process.nextTick(() => turns.add(message));
  await rest();
  expect(done).toEqual([
    "execute",
    "execute continued",
    "end",
    "end continued",
    "execute again",
    "execute again continued",
  ]);
});

test("the first message is handled at once, and one that fails keeps no other from its turn", async () => {
  const done: string[] = [];
  const turns = new MessageTurns<string>((message) => {
    if (message === "bad") throw new Error("bad");
    done.push(message);
  });
  expect(() => turns.add("bad")).toThrow("bad");
  turns.add("good");
  await rest();
  turns.add("now");
  expect(done).toEqual(["good", "now"]);
});
