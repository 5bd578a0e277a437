import { describe, expect, it } from "vitest";
import { fillTemplate, placeholders } from "../../../cells/data/template.ts";

describe("a template", () => {
  it("takes values as they are, and keeps what has no value", () => {
    const values = { source: "{from} $& {source}", from: "German" };
    expect(fillTemplate("{from}: {source} {to} {}", values)).toBe("German: {from} $& {source} {to} {}");
  });

  it("names its placeholders, also those of FastChat's prompts", () => {
    expect(placeholders("{question_1} {ref_answer_2} {answer_a} {Not} { no }")).toEqual([
      "question_1",
      "ref_answer_2",
      "answer_a",
    ]);
  });
});
