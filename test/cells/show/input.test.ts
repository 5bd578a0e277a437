import { expect, expectTypeOf, it } from "vitest";
import type { InputSpec, InputValue, Live } from "../../../cells/host.ts";
import { input } from "../../../cells/show/input.ts";
import { bareHost } from "../bare-host.ts";

/** The inputs that a host is asked for; it answers with their values, or with `answer`. */
function declaredTo(answer?: InputValue): InputSpec[] {
  const host = bareHost();
  const specs: InputSpec[] = [];
  const take = (spec: InputSpec): InputValue => {
    specs.push(spec);
    return answer ?? spec.value;
  };
  host.input = take;
  host.live = (spec) => ({ value: take(spec) });
  return specs;
}

it("returns plain values of the control's type", () => {
  declaredTo();
  const rank = input.range("rank", { min: 1, max: 64, step: 1, value: 16 });
  const backend = input.choice("backend", { options: ["wasm", "cpu"] });
  expectTypeOf(rank).toEqualTypeOf<number>();
  expectTypeOf(backend).toEqualTypeOf<"wasm" | "cpu">();
  expectTypeOf(input.live.range).returns.toEqualTypeOf<Live<number>>();
  expect([
    rank,
    backend,
    input.text("prompt", { value: "Note:" }),
    input.toggle("care"),
    input.number("steps", { value: 3 }),
  ]).toEqual([16, "wasm", "Note:", false, 3]);
});

it("has choices of several options, tables with the columns of their first row, and files", async () => {
  const specs = declaredTo();
  const tasks = input.many("tasks", { options: ["chat", "list"], value: ["list"] });
  const mixture = input.table("mixture", { value: [{ task: "chat", share: 0.5, on: true }] });
  expectTypeOf(tasks).toEqualTypeOf<readonly ("chat" | "list")[]>();
  expectTypeOf(mixture).toEqualTypeOf<
    readonly { readonly task: string; readonly share: number; readonly on: boolean }[]
  >();
  expect([tasks, mixture, input.textarea("prompt"), input.button("Again"), input.file("pairs")]).toEqual([
    ["list"],
    [{ task: "chat", share: 0.5, on: true }],
    "",
    0,
    undefined,
  ]);
  expect(specs[1]).toMatchObject({
    columns: [
      { name: "task", kind: "string" },
      { name: "share", kind: "number" },
      { name: "on", kind: "boolean" },
    ],
  });
  expect(() => input.table("mixture", { value: [{ a: 1 }, { a: "one" }] as never })).toThrow(
    'Row 2 of the table "mixture"',
  );

  const host = bareHost();
  await host.writeFile("data/pairs.tsv", "hello\tsalo\n");
  host.live = () => ({ value: "data/pairs.tsv" });
  const chosen = input.live.file("pairs", { accept: ".tsv" }).value;
  expect([chosen?.name, await chosen?.text()]).toEqual(["pairs.tsv", "hello\tsalo\n"]);
});

it("calls the host immediately with the full specification", () => {
  const specs = declaredTo();
  input.live.range("weight", { min: 0, max: 4, value: 2 });
  input.choice("style", { options: ["a", "b"], value: "b" });
  expect(specs).toEqual([
    { kind: "range", label: "weight", min: 0, max: 4, step: 0.01, value: 2 },
    { kind: "choice", label: "style", options: ["a", "b"], value: "b" },
  ]);
});

it("reads a live input again each time", () => {
  const host = bareHost();
  const handle = { value: 2 };
  host.live = () => handle;
  const weight = input.live.range("weight", { min: 0, max: 4, value: 2 });
  handle.value = 0.5;
  expect(weight.value).toBe(0.5);
});

it("says what is wrong with a control", () => {
  declaredTo();
  expect(() => input.range("rank", { min: 4, max: 1, value: 2 })).toThrow('The range "rank" goes from 4 to 1');
  expect(() => input.range("rank", { min: 1, max: 4, value: 9 })).toThrow('The value of "rank" is 9');
  expect(() => input.choice("style", { options: [] })).toThrow("has no options");
  declaredTo("sixteen");
  expect(() => input.range("rank", { min: 1, max: 64, value: 16 })).toThrow('has the value "sixteen"');
});
