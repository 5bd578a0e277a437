import { expect, it } from "vitest";
import { random } from "../../cells/random.ts";

it("choices are those of single draws, and go on after them", () => {
  for (const level of [0, 0.05, 0.5, 1]) {
    const [many, single] = [random(3, "mask"), random(3, "mask").uniform];
    const drawn = (count: number) => Array.from({ length: count }, () => (single() < level ? 7 : 0.25));
    expect([...many.choices(1000, level, 7, 0.25)]).toEqual(drawn(1000));
    expect([...many.choices(10, level, 7, 0.25)]).toEqual(drawn(10));
    expect(many.uniform()).toBe(single());
  }
});
