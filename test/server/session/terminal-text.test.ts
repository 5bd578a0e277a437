import { expect, it } from "vitest";
import { asInTerminal, TerminalText } from "../../../server/session/terminal-text.ts";

it.each([
  ["10%\r100%", "100%"],
  ["100%\r10%", "10%%"],
  ["abc\b\bX", "aXc"],
  ["\x1b[31mred\x1b[0m and \x1b[1;38;5;12mbold\x1b[m", "red and bold"],
  ["12345\r\x1b[Kdone", "done"],
  ["12345\x1b[2K\rdone", "done"],
  ["ab\x1b[5Gc", "ab  c"],
  ["\x1b]8;;http://x\x07link\x1b]8;;\x1b\\ here", "link here"],
  ["one\r\ntwo\r\n", "one\ntwo\n"],
  ["tab\tstays, bell\x07 goes", "tab\tstays, bell goes"],
])("%j looks like %j", (text, shown) => {
  expect(asInTerminal(text)).toBe(shown);
});

it("puts pieces together that end anywhere", () => {
  const text = "\x1b[32m10%\x1b[0m\r\x1b[33m100%\x1b[0m\nnext";
  const terminal = new TerminalText();
  const lines = [...text].flatMap((each) => terminal.write(each));
  expect([lines, terminal.open]).toEqual([["100%"], "next"]);
});

it("cuts a line that never ends", () => {
  const terminal = new TerminalText();
  for (let at = 0; at < 100; at += 1) terminal.write("x".repeat(1_000));
  expect(terminal.open).toBe(`${"x".repeat(20_000)}… (80000 more characters)`);
});
