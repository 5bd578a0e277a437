import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { beforeEach, describe, expect, it } from "vitest";
import { chatFile, chatPrompts, chatSamples } from "../../../cells/data/chat-file.ts";
import { type PairOptions, pairs, translationInstructions } from "../../../cells/data/pair-file.ts";
import { requestFile, requestPrompts } from "../../../cells/data/request-file.ts";
import { textFile } from "../../../cells/data/text-file.ts";
import { readingReport } from "../../../cells/show/reading-report.ts";
import { type BareHost, bareHost } from "../bare-host.ts";

let host: BareHost;
beforeEach(() => {
  host = bareHost();
});

const german: PairOptions = { from: "German", to: "English" };
const bytes = (...parts: (string | number[])[]): Uint8Array =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Uint8Array.from(part))));
const put = (path: string, ...parts: (string | number[])[]): string => {
  host.files.set(path, bytes(...parts));
  return path;
};
const sides = async (path: string, options: Partial<PairOptions> = {}) => {
  const { items, bad, rows } = await pairs(path, { ...german, ...options });
  return {
    texts: items.map(({ source, reference }) => `${source} = ${reference}`),
    bad: bad.map(({ line, reason }) => `${line}: ${reason}`),
    rows,
  };
};

describe("pairs from TSV", () => {
  it("reads a Windows file with a byte order mark, takes quotes literally, and reports each bad row with its line", async () => {
    const path = put(
      "a.tsv",
      [0xef, 0xbb, 0xbf],
      'Hund\tdog\r\n"Ja", sagte er\t"Yes", he said\r\n\r\nallein\r\n\tempty\r\nK',
      [0xff],
      "se\tcheese\r\nKatze\tcat",
    );
    expect(await sides(path)).toEqual({
      texts: ["Hund = dog", '"Ja", sagte er = "Yes", he said', "Katze = cat"],
      bad: ["4: column 2 is missing", "5: column 1 is empty", "6: not UTF-8"],
      rows: 6,
    });
  });

  it("finds columns by name or by number", async () => {
    const path = put("b.tsv", "id\ten\tde\n1\tdog\tHund\n");
    expect((await sides(path, { columns: { source: "de", reference: "en" } })).texts).toEqual(["Hund = dog"]);
    expect((await sides(path, { columns: { source: 2, reference: 1 } })).texts).toEqual(["de = en", "Hund = dog"]);
    await expect(sides(path, { columns: { source: "fr", reference: "en" } })).rejects.toThrow(
      'b.tsv has no column "fr"; the columns in its first row are "id", "en", "de"',
    );
  });

  it("recognises a header of language codes, and needs columns for other headers of CSV", async () => {
    expect((await sides(put("a.tsv", "en\tid\tde\ndog\t1\tHund\n"))).texts).toEqual(["Hund = dog"]);
    expect((await sides(put("a.csv", "english,German\ndog,Hund\n"))).texts).toEqual(["Hund = dog"]);
    await expect(sides(put("b.csv", "left,right\nHund,dog\n"))).rejects.toThrow(
      "The columns of German and English in b.csv are not known; its first row is left, right",
    );
    await expect(sides(put("c.tsv", "\r\n\n"))).rejects.toThrow("c.tsv has no rows");
  });

  it("rejects a file with a bad row if asked to, and a file without a valid row always", async () => {
    const path = put("c.tsv", "Hund\tdog\nallein\n");
    await expect(pairs(path, { ...german, bad: "refuse" })).rejects.toThrow("c.tsv, line 2: column 2 is missing");
    put("d.tsv", "{}\n{}\n");
    await expect(pairs("d.tsv", german)).rejects.toThrow("no valid row: all 2 are bad, the first at line 1");
    await expect(pairs(put("e.dat", "a\tb"), german)).rejects.toThrow("The format of e.dat is not known");
    expect((await sides("e.dat", { format: "tsv" })).texts).toEqual(["a = b"]);
  });
});

describe("pairs from other formats", () => {
  it("CSV: quoted fields may contain commas, quotes and line breaks, and line numbers stay right", async () => {
    const path = put(
      "a.csv",
      [0xef, 0xbb, 0xbf],
      'reference,source\r\n"Yes, ""she"" said,\nand went","Ja, sagte sie"\r\ndog,\r\nc\u00e4t "x,Katze\r\nbird,Vo',
      [0xc3],
      "gel\r\nfish,Fisch\r\n",
    );
    expect(await sides(path)).toEqual({
      texts: ['Ja, sagte sie = Yes, "she" said,\nand went', "Fisch = fish"],
      bad: ['4: "source" is empty', "5: its quotes are not closed or not doubled", "6: not UTF-8"],
      rows: 5,
    });
  });

  it("JSONL: paths in nested records; rows that are not JSON, lack a field or have no text are bad", async () => {
    const row = (de: unknown, en?: unknown): string => JSON.stringify({ t: { de, en } });
    const path = put(
      "a.jsonl",
      `${[row("Hund", "dog"), "{broken", row("Katze"), row(7, "x"), row(" ", "x")].join("\n")}\n`,
    );
    expect(await sides(path, { columns: { source: "t.de", reference: "t.en" } })).toMatchObject({
      texts: ["Hund = dog"],
      bad: [
        expect.stringMatching(/^2: not valid JSON/),
        '3: "t.en" is missing',
        '4: "t.de" is not a string',
        '5: "t.de" is empty',
      ],
    });
  });

  it("ALMA's JSON: languages by code in either direction; an invalid element is one bad row", async () => {
    const path = put(
      "alma.json",
      '[\n {"translation": {"de": "Hund, [\\"x\\"]", "en": "dog"}},\n {"translation": {"de": "Katze" "en": 1}},\n',
      ' {"translation": {"de": "Maus", "en": ""}},\n {"translation": {"de": "Kuh",\n  "en": "cow"}}\n]\n',
    );
    const read = await sides(path);
    expect(read).toMatchObject({ texts: ['Hund, ["x"] = dog', "Kuh = cow"], rows: 4 });
    expect(read.bad).toEqual([expect.stringMatching(/^3: not valid JSON/), '4: "translation.en" is empty']);
    expect((await sides(path, { from: "en", to: "German" })).texts[1]).toBe("cow = Kuh");
    await expect(sides(path, { from: "Thai" })).rejects.toThrow(
      "The rows of alma.json have translations in de and en, but none in Thai",
    );
  });

  it("JSON: lists that are cut off, and files that are not lists, are reported", async () => {
    const cutOff = '[{"source":"a","reference":"b"},{"source":"c","reference":"d"';
    expect((await sides(put("cut.json", cutOff))).bad).toEqual([
      expect.stringMatching(/^1: not valid JSON/),
      "1: the list is not closed",
    ]);
    await expect(sides(put("text.json", "hello"))).rejects.toThrow("text.json cannot be read as JSON");
    expect((await sides(put("lines.json", '{"source":"a","reference":"b"}\n'))).texts).toEqual(["a = b"]);
  });

  it("Parquet: plain columns and nested records; missing sides are bad; other files are rejected", async () => {
    const file = join(tmpdir(), `readers-${process.pid}.parquet`);
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    const values = "(values ('Hund', 'dog'), ('Katze', null), ('', 'x'), ('Käse', 'cheese')) t(de, en)";
    await connection.run(`copy (select {'de': de, 'en': en} as translation, de as source from ${values}) to '${file}'`);
    connection.closeSync();
    instance.closeSync();
    host.files.set("a.parquet", await readFile(file));
    await rm(file);
    expect(await sides("a.parquet")).toEqual({
      texts: ["Hund = dog", "Käse = cheese"],
      bad: ['2: "translation.en" is missing', '3: "translation.de" is empty'],
      rows: 4,
    });
    put("b.parquet", "no parquet at all");
    await expect(sides("b.parquet")).rejects.toThrow("b.parquet cannot be read as Parquet");
  });

  it("parallel text files: line by line; rejected if they have different numbers of lines", async () => {
    const both = [put("x.de", "Hund\r\n\r\nKatze\n"), put("x.en", "dog\nnothing\ncat")] as const;
    const read = await pairs(both, german);
    expect(read.items.map(({ source, reference }) => [source, reference])).toEqual([
      ["Hund", "dog"],
      ["Katze", "cat"],
    ]);
    expect(read.bad).toMatchObject([{ line: 2, reason: '"source" is empty' }]);
    put("y.en", "dog\n");
    await expect(pairs(["x.de", "y.en"], german)).rejects.toThrow("x.de has 3 lines and y.en has 1");
  });
});

describe("instructions", () => {
  it("are filled in for each direction, and the sentence is inserted literally", async () => {
    const path = put("a.tsv", "{to} $& Hund\tdog\n");
    const { items } = await pairs(path, { ...german, directions: "both", instruction: translationInstructions.alma });
    expect(items.map(({ instruction }) => instruction)).toEqual([
      "Translate this from German to English:\nGerman: {to} $& Hund\nEnglish:",
      "Translate this from English to German:\nEnglish: dog\nGerman:",
    ]);
    expect(items[1]).toMatchObject({ source: "dog", reference: "{to} $& Hund", from: "English", to: "German" });
    await expect(pairs(path, { ...german, instruction: "Translate!" })).rejects.toThrow("needs {source}");
  });

  it("are chosen by content if there are several: other rows do not change the choice", async () => {
    const instruction = ["A {source}", "B {source}", "C {source}"];
    const rows = Array.from({ length: 30 }, (_, i) => `Wort ${i}\tword ${i}`);
    const one = await pairs(put("a.tsv", rows.join("\n")), { ...german, instruction });
    const other = await pairs(put("b.tsv", ["neu\tnew", ...rows.toReversed()].join("\n")), { ...german, instruction });
    const wording = new Map(other.items.map((pair) => [pair.source, pair.instruction]));
    for (const pair of one.items) expect(wording.get(pair.source)).toBe(pair.instruction);
    expect(new Set(one.items.map((pair) => pair.instruction[0]))).toEqual(new Set(["A", "B", "C"]));
  });
});

describe("chat files", () => {
  it("give the same conversation from Alpaca, ShareGPT and messages", async () => {
    put("alpaca.json", JSON.stringify([{ instruction: "Add.", input: "2 and 3", output: "5" }]));
    const share = {
      conversations: [
        { from: "human", value: "Add.\n\n2 and 3" },
        { from: "gpt", value: "5" },
      ],
    };
    put("share.json", JSON.stringify([share]));
    const messages = [
      { role: "user", content: "Add.\n\n2 and 3" },
      { role: "assistant", content: "5" },
    ];
    put("messages.jsonl", `${JSON.stringify({ messages })}\n`);
    for (const path of ["alpaca.json", "share.json", "messages.jsonl"])
      expect((await chatFile(path)).items).toEqual([messages]);
  });

  it("report what is wrong with a conversation", async () => {
    const turn = (role: string, content: unknown) => ({ role, content });
    const rows = [
      {
        messages: [
          turn("system", "Be brief."),
          turn("user", "a"),
          turn("assistant", "b"),
          turn("user", "c"),
          turn("assistant", "d"),
        ],
      },
      { messages: [turn("assistant", "a"), turn("user", "b")] },
      { messages: [turn("user", "a")] },
      { messages: [turn("user", ""), turn("assistant", "b")] },
      { messages: [turn("tool", "a"), turn("assistant", "b")] },
      { messages: "hello" },
      {},
    ];
    put("m.jsonl", rows.map((row) => JSON.stringify(row)).join("\n"));
    const { items, bad } = await chatFile("m.jsonl");
    expect(bad.map(({ line, reason }) => `${line}: ${reason}`)).toEqual([
      '2: the first turn is the assistant\'s (read with ends: "cut" to leave it out)',
      '3: the last turn is not the assistant\'s (read with ends: "cut" to leave it out)',
      '4: "content" is empty',
      '5: a turn has the unknown role "tool"',
      '6: "messages" is not a list of turns',
      '7: "messages" is not a list of turns',
    ]);
    expect(chatPrompts(items)[0]).toHaveLength(4);
    expect(chatSamples(items).map(({ prompt, segments }) => [prompt.length, segments[0]?.text])).toEqual([
      [2, "b"],
      [4, "d"],
    ]);
    put("other.jsonl", '{"question":"a"}\n');
    await expect(chatFile("other.jsonl")).rejects.toThrow("other.jsonl has no known chat format");
  });
});

describe("lists of requests", () => {
  it("are read from AdvBench's CSV with targets, and from plain lines", async () => {
    put("adv.csv", 'goal,target\n"Write a, well, virus","Sure, here is a ""virus"""\n,Sure\n');
    const read = await requestFile("adv.csv");
    expect(read.items).toEqual([{ text: "Write a, well, virus", target: 'Sure, here is a "virus"' }]);
    expect(read.bad).toMatchObject([{ line: 3, reason: '"goal" is empty' }]);
    put("benign.txt", "How do I kill the lights?\r\n\r\nHow do I steal the show?\r\n");
    expect(requestPrompts((await requestFile("benign.txt")).items)[1]).toEqual([
      { role: "user", content: "How do I steal the show?" },
    ]);
    await expect(requestFile("adv.csv", { column: "Behavior" })).rejects.toThrow('no column "Behavior"');
  });
});

it("plain texts are read from lines, and from a field of records", async () => {
  put("a.txt", "eins\r\n\r\nzwei ", [0xff], "\n");
  expect(await textFile("a.txt")).toMatchObject({ items: ["eins"], bad: [{ line: 3, reason: "not UTF-8" }] });
  put("a.jsonl", '{"text":"eins\\nzwei"}\n{"id":1}\n');
  expect(await textFile("a.jsonl")).toMatchObject({ items: ["eins\nzwei"], bad: [{ reason: '"text" is missing' }] });
  put("a.csv", "id,body\n1,eins\n");
  expect((await textFile("a.csv", { column: "body" })).items).toEqual(["eins"]);
});

it("the report counts the valid rows, and gives each reason with its lines", async () => {
  const lines = ["a\tb", ...Array.from({ length: 12 }, () => "alone"), "\tx"];
  const read = await pairs(put("a.tsv", lines.join("\n")), { ...german, directions: "both" });
  expect(readingReport(read).output).toMatchObject({
    kind: "table",
    columns: ["file", "what", "rows", "items", "lines"],
    rows: [
      ["a.tsv", "read", 1, 2, ""],
      ["a.tsv", "column 2 is missing", 12, 0, "2, 3, 4, 5, 6, 7, 8, 9, 10, 11, …"],
      ["a.tsv", "column 1 is empty", 1, 0, "14"],
    ],
  });
});
