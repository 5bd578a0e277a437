import { expect, it } from "vitest";
import { firstHeading, headingOf } from "../../../../server/notebook/source/heading.ts";

it("reads headings of six levels, without their marks", () => {
  expect(headingOf("## The **rank** of `lora` ##")).toEqual({ level: 2, text: "The rank of lora" });
  expect(headingOf("###### six")).toEqual({ level: 6, text: "six" });
  for (const line of ["#no space", "####### seven", "text # not", "#", " # indented"])
    expect(headingOf(line)).toBeUndefined();
});

it("finds the first heading, and none in a code block", () => {
  expect(firstHeading("text\n```\n# comment\n```\n# Title\n## Next")).toEqual({ level: 1, text: "Title" });
  expect(firstHeading("no heading")).toBeUndefined();
});
