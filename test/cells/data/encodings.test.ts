/** Text files of other programs: encodings, ends of lines, shapes and sizes that public corpora have. */
import { beforeEach, describe, expect, it } from "vitest";
import { chatFile } from "../../../cells/data/chat-file.ts";
import { pairs } from "../../../cells/data/pair-file.ts";
import { requestFile } from "../../../cells/data/request-file.ts";
import { cometScores } from "../../../cells/measure/translation/comet.ts";
import { type BareHost, bareHost } from "../bare-host.ts";

let host: BareHost;
beforeEach(() => {
  host = bareHost();
});

const german = { from: "German", to: "English" };
const files: Readonly<Record<string, string>> = {
  "a.tsv": "Käse\tcheese\nHund 🐕\tdog\n",
  "a.csv": 'source,reference\n"Käse",cheese\nHund 🐕,dog\n',
  "a.jsonl": '{"source":"Käse","reference":"cheese"}\n{"source":"Hund 🐕","reference":"dog"}\n',
  "a.json": '[{"source":"Käse","reference":"cheese"},\n{"source":"Hund 🐕","reference":"dog"}]\n',
};
const texts = ["Käse = cheese", "Hund 🐕 = dog"];

const utf16 = (text: string, order: "le" | "be", mark: boolean): Buffer => {
  const bytes = Buffer.from(mark ? `\ufeff${text}` : text, "utf16le");
  return order === "le" ? bytes : bytes.swap16();
};
const encodings: Readonly<Record<string, (text: string) => Buffer>> = {
  "UTF-8 with a byte order mark": (text) => Buffer.from(`\ufeff${text}`),
  "UTF-16LE with a byte order mark": (text) => utf16(text, "le", true),
  "UTF-16BE with a byte order mark": (text) => utf16(text, "be", true),
  "UTF-16LE without": (text) => utf16(text, "le", false),
  "UTF-16BE without": (text) => utf16(text, "be", false),
  "carriage returns alone": (text) => Buffer.from(text.replaceAll("\n", "\r")),
  "carriage returns and line feeds": (text) => Buffer.from(text.replaceAll("\n", "\r\n")),
};

describe.each(Object.entries(encodings))("%s", (_, encode) => {
  it.each(Object.entries(files))("is read in %s", async (path, text) => {
    host.files.set(path, encode(text));
    const { items, bad } = await pairs(path, german);
    expect(items.map(({ source, reference }) => `${source} = ${reference}`)).toEqual(texts);
    expect(bad).toEqual([]);
  });

  it("is read in text files, parallel ones too, and in scores", async () => {
    host.files.set("a.txt", encode("Käse\nHund\n"));
    host.files.set("b.txt", encode("cheese\ndog\n"));
    host.files.set("scores.tsv", encode("a.txt\tSegment 0\tscore: 0.5\n"));
    expect((await requestFile("a.txt")).items).toEqual([{ text: "Käse" }, { text: "Hund" }]);
    expect((await pairs(["a.txt", "b.txt"], german)).items.map(({ reference }) => reference)).toEqual([
      "cheese",
      "dog",
    ]);
    expect((await cometScores("scores.tsv")).systems).toEqual({ "a.txt": [{ score: 0.5 }] });
  });
});

describe("a file that is not text", () => {
  it("is a bad row where it is one character, in every format", async () => {
    for (const [path, text] of Object.entries(files)) {
      host.files.set(path, text.replace("cheese", "chee\0se"));
      const { items, bad } = await pairs(path, german);
      expect([path, items.length, bad.map(({ reason }) => reason)]).toEqual([
        path,
        1,
        ["has a NUL character (U+0000)"],
      ]);
    }
  });

  it.each([
    [[0x1f, 0x8b, 8, 0], "compressed with gzip"],
    [[0x50, 0x4b, 3, 4], "a ZIP archive or an Excel workbook"],
    [[0xff, 0xfe, 0, 0, 65, 0, 0, 0], "in UTF-32"],
    [[0x50, 0x41, 0x52, 0x31], "a Parquet file"],
  ])("is refused with its name", async (start, name) => {
    host.files.set("a.tsv", Uint8Array.from(start));
    await expect(pairs("a.tsv", german)).rejects.toThrow(`a.tsv is ${name}`);
  });

  it("is refused if it is only half of a UTF-16 character", async () => {
    host.files.set("a.tsv", Buffer.concat([utf16("abc\tdef\n", "le", true), Buffer.from([0x00, 0xd8])]));
    await expect(pairs("a.tsv", german)).rejects.toThrow("seems to be in UTF-16LE, but is not valid");
  });
});

describe("a file of another shape", () => {
  it("is named in one message: an object around the list", async () => {
    const list = [{ source: "Hund", reference: "dog" }];
    for (const text of [
      JSON.stringify({ version: 1, data: list }, undefined, 2),
      JSON.stringify({ version: 1, data: list }),
    ]) {
      host.files.set("w.json", text);
      await expect(pairs("w.json", german)).rejects.toThrow(
        'w.json is one JSON object with the fields version, data. A list of records, or one record per line, is needed. The list seems to be in "data"',
      );
    }
  });

  it("is read if it has the ending of the other JSON form", async () => {
    const list = [
      { source: "Hund", reference: "dog" },
      { source: "Kuh", reference: "cow" },
    ];
    host.files.set("list.jsonl", JSON.stringify(list, undefined, 1));
    host.files.set("short.jsonl", JSON.stringify(list));
    host.files.set("lines.json", list.map((row) => JSON.stringify(row)).join("\n"));
    host.files.set("one.json", JSON.stringify(list[0]));
    for (const path of ["list.jsonl", "short.jsonl", "lines.json"])
      expect((await pairs(path, german)).items).toHaveLength(2);
    expect((await pairs("one.json", german)).items).toHaveLength(1);
  });

  it("has columns that must be named: scores or numbers first, or more than two", async () => {
    const asked = "The columns of German and English in m.tsv are not known";
    for (const rows of [
      "1.2495\tHund\tdog\n1.1\tKuh\tcow\n",
      "12\tHund\n13\tKuh\n",
      "1\tdeu\tHund\t2\teng\tdog\n3\tdeu\tKuh\t4\teng\tcow\n",
    ]) {
      host.files.set("m.tsv", rows);
      await expect(pairs("m.tsv", german)).rejects.toThrow(asked);
    }
    const { items } = await pairs("m.tsv", { ...german, columns: { source: 2, reference: 5 } });
    expect(items).toMatchObject([
      { source: "Hund", reference: "dog" },
      { source: "Kuh", reference: "cow" },
    ]);
    host.files.set("m.tsv", "12\ttwelve\nHund\tdog\nKuh\tcow\tx\nEsel\n");
    expect((await pairs("m.tsv", german)).items).toHaveLength(3);
  });

  it("has options that readers do not know", async () => {
    await expect(pairs("a.tsv", { ...german, column: 1 } as never)).rejects.toThrow('Did you mean "columns"?');
    await expect(chatFile("a.json", { split: "train" } as never)).rejects.toThrow('chatFile(…) has no option "split"');
  });
});

describe("a large file", () => {
  it("may be larger than the largest string", { timeout: 60_000 }, async () => {
    const row = (text: string): string => JSON.stringify({ instruction: "a", output: text });
    const space = Buffer.alloc(300_000_000, 0x20);
    host.files.set(
      "big.json",
      Buffer.concat([Buffer.from("[\n"), space, Buffer.from(`${row("b")},\n`), space, Buffer.from(`${row("c")}\n]`)]),
    );
    const { items, rows } = await chatFile("big.json");
    expect([rows, items.map((chat) => chat[1]!.content)]).toEqual([2, ["b", "c"]]);
  });

  it("of CSV is read in blocks, and lines keep their numbers", async () => {
    const filler = "x".repeat(500);
    const record = (i: number): string => `"Satz ${i},\nzweite Zeile",${filler} ${i}\n`;
    const text = ["source,reference\n", ...Array.from({ length: 20_000 }, (_, i) => record(i)), "allein,\n"].join("");
    host.files.set("big.csv", text);
    const { items, bad } = await pairs("big.csv", german);
    expect(items).toHaveLength(20_000);
    expect(items[15_000]).toMatchObject({ source: "Satz 15000,\nzweite Zeile", reference: `${filler} 15000` });
    expect(bad).toMatchObject([{ line: 40_002, reason: '"reference" is empty' }]);
  });
});
