import { expect, expectTypeOf, it } from "vitest";
import { stream } from "../../cells/stream.ts";
import { bareHost } from "./bare-host.ts";

it("has the type of its values; outside a notebook it gives the first", async () => {
  bareHost();
  const tick = stream(async function* () {
    yield { step: 1 };
  });
  expectTypeOf(tick).toEqualTypeOf<{ step: number }>();
  expect(await tick).toEqual({ step: 1 });
});
