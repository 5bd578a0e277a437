import { expect, it } from "vitest";
import { kills } from "./kills.ts";
import { howMany, seed, timeout } from "./soak.ts";

it(
  "keeps every acknowledged edit and input, every row and output that a page had, when server and kernel are killed at random moments",
  async () => {
    const count = howMany(10, 200);
    const result = await kills(count, seed);
    console.log(`Kills, seed ${seed}: ${JSON.stringify(result)}`);
    expect(result.server + result.kernel).toBe(count);
    expect(result.acknowledged).toBeGreaterThan(2 * count);
  },
  timeout(180, 3_600),
);
