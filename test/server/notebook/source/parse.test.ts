import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { notebookFault, parseNotebook } from "../../../../server/notebook/source/parse.ts";
import { printNotebook } from "../../../../server/notebook/source/print.ts";
import { DEFAULT_SETTINGS } from "../../../../server/notebook/source/settings.ts";
import type { Cell } from "../../../../server/notebook/types.ts";

const line = fc.oneof(
  fc.constantFrom(
    "",
    "const a = 1;",
    "// a comment",
    "  %% x",
    "%% y",
    "\\%% z",
    "# Heading",
    "\\\\",
    " ",
    "// \\%% q",
  ),
  fc.string({ maxLength: 12 }).map((text) => text.replace(/[\r\n\0\uFEFF]/g, "")),
);
const source = fc.array(line, { maxLength: 6 }).map((lines) => lines.join("\n"));
const kind = fc.constantFrom("code" as const, "markdown" as const);
const name = fc.oneof(fc.stringMatching(/^[A-Za-z][\w-]{0,6}$/), fc.constantFrom("cell-1", "cell-2", "markdown-1"));

const cells = fc
  .uniqueArray(
    fc.record({
      id: name,
      kind,
      source,
      mode: fc.constantFrom("auto" as const, "manual" as const, "once" as const),
      options: fc.dictionary(
        fc.oneof(fc.stringMatching(/^[a-l]{1,4}$/), fc.constantFrom("cache", "disabled")),
        fc.oneof(fc.stringMatching(/^[\w.-]{0,5}$/), fc.constant("true")),
        { maxKeys: 3 },
      ),
    }),
    { selector: (cell) => cell.id, maxLength: 6 },
  )
  // Code cannot contain a line that begins a cell: the session splits the cell there.
  .map((all) =>
    all.map((cell): Cell => (cell.kind === "code" ? { ...cell, source: withoutHeads(cell.source) } : cell)),
  );

function withoutHeads(text: string): string {
  return text.replace(/^\/\/[ \t]*%%/gm, "// §");
}

describe("printing and parsing", () => {
  test("give the same cells back", () => {
    fc.assert(
      fc.property(cells, (all) => {
        expect(parseNotebook(printNotebook({ cells: all })).cells).toEqual(all);
      }),
    );
  });

  test("give the same settings back, from a first line that belongs to no cell", () => {
    const settings = fc.record({
      lazy: fc.boolean(),
      ask: fc.oneof(fc.constant("never" as const), fc.nat(), fc.constant(0.5), fc.constant(30)),
    });
    fc.assert(
      fc.property(cells, settings, (all, chosen) => {
        const read = parseNotebook(printNotebook({ cells: all, settings: chosen }));
        expect(read.cells).toEqual(all);
        expect(read.settings ?? DEFAULT_SETTINGS).toEqual(chosen);
      }),
    );
    expect(printNotebook({ cells: [], settings: { lazy: true, ask: 60 } })).toBe("// palimpsest: run=lazy ask=60\n");
    expect(parseNotebook("\n// palimpsest: run=lazy\n// %% a\n").settings).toEqual({ ...DEFAULT_SETTINGS, lazy: true });
    // A line with an unknown word stays a comment.
    expect(parseNotebook("// palimpsest: speed=9\n")).toEqual({
      cells: [{ id: "cell-1", kind: "code", source: "// palimpsest: speed=9", mode: "auto", options: {} }],
    });
  });

  test("flags after the id are options; in a title they are words", () => {
    const head = (line: string) => {
      const [cell] = parseNotebook(`// %% ${line}\n`).cells;
      return [cell?.id, cell?.options];
    };
    expect(head("train cache")).toEqual(["train", { cache: "true" }]);
    expect(head("train disabled cache=true code=folded")).toEqual([
      "train",
      { disabled: "true", cache: "true", code: "folded" },
    ]);
    expect(head("cache")).toEqual(["cache", {}]);
    expect(head("cache cache")).toEqual(["cache", { cache: "true" }]);
    expect(head("cache=true")).toEqual(["cell-1", { cache: "true" }]);
    expect(head("A cache of mine")).toEqual(["A-cache-of-mine", {}]);
  });

  test("accept any text, and printing the parsed text twice changes nothing more", () => {
    const text = fc.array(fc.oneof(line, fc.constantFrom("// %%", "// %% a", "//%% [markdown]", "// %% a b=c")));
    fc.assert(
      fc.property(text, (lines) => {
        const printed = printNotebook(parseNotebook(lines.join("\n")));
        expect(printNotebook(parseNotebook(printed))).toBe(printed);
      }),
    );
  });

  test.each(["radis", "pretrain"])("leave experiments/%s.ts unchanged, byte for byte", (file) => {
    const text = readFileSync(new URL(`../../../../experiments/${file}.ts`, import.meta.url), "utf8");
    expect(printNotebook(parseNotebook(text))).toBe(text);
  });
});

function outline(text: string): string[] {
  return parseNotebook(text).cells.map(({ id, kind, source: code }) => `${id} ${kind} ${JSON.stringify(code)}`);
}

describe("the text of a notebook", () => {
  test("before the first head is a cell, unless it is blank", () => {
    expect(outline("import x from 'x';\n\n// %% a\n1\n")).toEqual([`cell-1 code "import x from 'x';"`, 'a code "1"']);
    expect(outline("\n\n// %% a\n1\n")).toEqual(['a code "1"']);
    expect(outline("")).toEqual([]);
  });

  test("gives ids to cells without one, and to those whose id is taken", () => {
    expect(outline("// %%\n// %% cell-1\n// %% b\n// %% b\n// %% [markdown]\n// hi\n// %% b-2\n")).toEqual([
      'cell-1-2 code ""',
      'cell-1 code ""',
      'b code ""',
      'b-3 code ""',
      'markdown-1 markdown "hi"',
      'b-2 code ""',
    ]);
  });

  test("never has the name of a built-in property as id or option", () => {
    expect(parseNotebook("// %% __proto__ __proto__=1\n// %% __proto__\n").cells).toMatchObject([
      { id: "proto", options: {} },
      { id: "proto-2" },
    ]);
  });

  test("has modes and options in its heads", () => {
    expect(parseNotebook('// %% slow mode=manual height=300 title="two words"\n').cells[0]).toMatchObject({
      id: "slow",
      mode: "manual",
      options: { height: "300", title: '"two words"' },
    });
    expect(outline("// %% Load the model!\n")).toEqual(['Load-the-model code ""']);
  });

  test("may have Windows line breaks and a byte order mark", () => {
    expect(outline("\uFEFF// %% a\r\n1;\r\n2;\r\n\r\n// %% [markdown] b\r\n// x\r\n")).toEqual([
      'a code "1;\\n2;"',
      'b markdown "x"',
    ]);
  });

  test("that is code below markdown becomes a code cell", () => {
    expect(outline("// %% [markdown]\n// # Title\n\nconst a = 1;\n")).toEqual([
      'markdown-1 markdown "# Title"',
      'cell-1 code "const a = 1;"',
    ]);
  });
});

describe("a file that must not be overwritten", () => {
  test("contains conflict markers, or is not text", () => {
    expect(notebookFault("// %% a\n<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> other\n")).toMatch(/line 2/);
    expect(notebookFault("// %% a\n\0")).toMatch(/not text/);
    expect(notebookFault("// %% a\nif (a <<<<<<< b) {}\n// =======\n")).toBeUndefined();
  });
});
