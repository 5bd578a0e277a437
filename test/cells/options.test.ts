import { expect, it } from "vitest";
import { nearest } from "../../cells/nearest.ts";
import { requireKnown } from "../../cells/options.ts";

const names = ["steps", "batch", "learningRate", "weightDecay"];
const given = (options: object) => () =>
  requireKnown("train(…)", options, names, { lr: "learningRate", fp16: "Use float32." });

it("accepts the options that a function has, also when they are undefined", () => {
  expect(given({})).not.toThrow();
  expect(given({ steps: 1, batch: undefined, learningRate: 0 })).not.toThrow();
});

it("refuses other options, and suggests the one that was meant", () => {
  expect(given({ lr: 1 })).toThrow('train(…) has no option "lr". It is called "learningRate" here.');
  expect(given({ fp16: true })).toThrow('train(…) has no option "fp16". Use float32.');
  expect(given({ learning_rate: 1 })).toThrow('Did you mean "learningRate"?');
  expect(given({ setps: 1 })).toThrow('Did you mean "steps"?');
  expect(given({ colour: 1 })).toThrow("Its options are steps, batch, learningRate, weightDecay.");
  expect(given({ lr: 1, bacth: 2 })).toThrow(/"lr"[\s\S]*"bacth"\. Did you mean "batch"\?/);
});

it("takes no inherited name for a hint, and says so when options are not an object", () => {
  expect(given({ constructor: 1 })).toThrow(/Its options are/);
  expect(given(JSON.parse('{"__proto__": 1}'))).toThrow(/no option "__proto__"/);
  expect(given([1])).toThrow("train(…) takes its options as an object: { steps, batch, … }.");
  expect(given(undefined as unknown as object)).toThrow(/takes its options as an object/);
});

it("finds the nearest name only where one is near", () => {
  expect(nearest("forgeting", ["forgetting", "general"])).toBe("forgetting");
  expect(nearest("crossentropy_rise", ["crossEntropyRise"])).toBe("crossEntropyRise");
  expect(nearest("x", ["chrf", "bleu"])).toBeUndefined();
});
