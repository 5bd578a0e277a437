import { Duplex } from "node:stream";
import { expect, it } from "vitest";
import { LineChannel } from "../../../server/session/line-channel.ts";

/** A channel with what it has received, and how it ended. */
function channel(longest?: number): {
  pipe: Duplex;
  received: unknown[];
  ends: (string | undefined)[];
  sent: string[];
} {
  const sent: string[] = [];
  const pipe = new Duplex({
    read() {},
    write(chunk, _, done) {
      sent.push(String(chunk));
      done();
    },
  });
  const received: unknown[] = [];
  const ends: (string | undefined)[] = [];
  const it = new LineChannel(
    pipe,
    { received: (each) => received.push(each), closed: (fault) => ends.push(fault) },
    longest,
  );
  it.send({ hello: "ü\n" });
  return { pipe, received, ends, sent };
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it("sends and receives messages that are cut anywhere", async () => {
  const { pipe, received, ends, sent } = channel();
  const bytes = Buffer.from('{"text":"größer\\n"}\n\n[1,2]\n3\n');
  for (const byte of bytes) pipe.push(Buffer.from([byte]));
  await turn();
  expect(received).toEqual([{ text: "größer\n" }, [1, 2], 3]);
  expect([ends, sent]).toEqual([[], ['{"hello":"ü\\n"}\n']]);
});

it("ends with the fault at bytes that are no message, and takes nothing behind them", async () => {
  const { pipe, received, ends } = channel();
  pipe.push("1\nnot json\n2\n");
  await turn();
  pipe.push("3\n");
  await turn();
  expect(received).toEqual([1]);
  expect(ends).toEqual(['it sent bytes that are not a message: "not json"']);
});

it("ends at a line without end, before it fills the memory", async () => {
  const { pipe, received, ends } = channel(1_000);
  for (let at = 0; at < 11; at += 1) pipe.push("x".repeat(100));
  await turn();
  expect([received, ends]).toEqual([[], ["it sent a message of more than 1000 characters"]]);
});
