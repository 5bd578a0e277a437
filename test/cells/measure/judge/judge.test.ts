import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { judgeContest } from "../../../../cells/measure/judge/contest.ts";
import { type EndpointOptions, judgeEndpoint } from "../../../../cells/measure/judge/endpoint.ts";
import { gradeIn, judgeGrades } from "../../../../cells/measure/judge/grades.ts";
import { judgePrompts } from "../../../../cells/measure/judge/prompts.ts";
import { type JudgeQuestion, judgedAnswers, judgeQuestionFile } from "../../../../cells/measure/judge/questions.ts";
import { type BareHost, bareHost } from "../../bare-host.ts";
import { ruleModel } from "../model.ts";

type Asked = { model: string; temperature: number; messages: { role: string; content: string }[] };
/** What the stub does with a request; `time` counts the requests with the same text. */
type Behaviour = (asked: Asked, response: ServerResponse, time: number) => void;

let host: BareHost;
let server: Server;
let url: string;
let behave: Behaviour;
let requests: { asked: Asked; key: string | undefined }[];
let most: number;

const say = (response: ServerResponse, content: unknown, status = 200): void => {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ choices: [{ message: { role: "assistant", content } }] }));
};
const text = (asked: Asked): string => asked.messages.at(-1)!.content;

beforeEach(async () => {
  host = bareHost();
  requests = [];
  most = 0;
  let open = 0;
  server = createServer((request, response) => {
    open += 1;
    most = Math.max(most, open);
    response.on("close", () => {
      open -= 1;
    });
    let body = "";
    request.on("data", (part: Buffer) => {
      body += part.toString();
    });
    request.on("end", () => {
      const asked = JSON.parse(body) as Asked;
      requests.push({ asked, key: request.headers.authorization });
      if (request.url !== "/v1/chat/completions") return void response.writeHead(404).end();
      behave(asked, response, requests.filter((each) => text(each.asked) === text(asked)).length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const endpoint = (options: Partial<EndpointOptions> = {}) =>
  judgeEndpoint({ url, model: "stub-judge", key: "secret-key", wait: 0.001, timeout: 5, ...options });
const ask = (...texts: string[]) => texts.map((content) => [{ role: "user", content } as const]);

describe("the endpoint", () => {
  it("follows the protocol, keeps to the concurrency, and returns answers in order", async () => {
    behave = (asked, response) =>
      void setTimeout(() => say(response, `re ${text(asked)}`), 20 - 4 * Number(text(asked)));
    const found = await endpoint({ concurrency: 3 }).judge(ask("0", "1", "2", "3", "4"));
    expect(found.map((each) => each.ok && each.text)).toEqual(["re 0", "re 1", "re 2", "re 3", "re 4"]);
    expect(most).toBe(3);
    expect(requests[0]).toMatchObject({ asked: { model: "stub-judge", temperature: 0 }, key: "Bearer secret-key" });
    expect(host.progressed.at(-1)).toEqual({ label: "judge", done: 5, total: 5 });
  });

  it("repeats requests after busy, broken, invalid, empty or incomplete replies, and gets all answers", async () => {
    const trouble: Record<string, (response: ServerResponse) => void> = {
      busy: (response) => void response.writeHead(429, { "retry-after": "0" }).end("slow down"),
      broken: (response) => void response.writeHead(500).end("oops"),
      garbage: (response) => void response.writeHead(200).end("<html>no json"),
      empty: (response) => say(response, null),
      cut: (response) => void response.destroy(),
    };
    behave = (asked, response, time) => (time < 3 ? trouble[text(asked)]!(response) : say(response, "fine"));
    const found = await endpoint({ concurrency: 5 }).judge(ask(...Object.keys(trouble)));
    expect(found).toEqual(Object.keys(trouble).map(() => ({ ok: true, text: "fine", cached: false })));
    expect(requests).toHaveLength(15);
  });

  it("stops waiting for a reply after the timeout", async () => {
    behave = (_, response, time) => time > 1 && say(response, "fine");
    expect(await endpoint({ timeout: 0.4, retries: 9 }).judge(ask("a"))).toMatchObject([{ ok: true, text: "fine" }]);
    behave = () => {};
    const found = await endpoint({ timeout: 0.05, retries: 1 }).judge(ask("b"));
    expect(found).toEqual([{ ok: false, reason: "no answer within 0.05 seconds (after 2 tries)" }]);
  });

  it("returns the other answers when some requests fail, each with its reason and without the key", async () => {
    behave = (asked, response) => {
      if (text(asked) === "wrong") return say(response, "unknown key secret-key", 401);
      if (text(asked) === "busy") return void response.writeHead(429).end();
      return say(response, "fine");
    };
    const found = await endpoint({ retries: 2, concurrency: 1 }).judge(ask("a", "wrong", "busy", "b"));
    expect(found[0]).toMatchObject({ ok: true });
    expect(found[1]).toMatchObject({ ok: false, reason: expect.stringContaining("the endpoint answered 401") });
    expect(found[2]).toMatchObject({ ok: false, reason: expect.stringContaining("(after 3 tries)") });
    expect(found[3]).toMatchObject({ ok: true });
    expect(requests.filter((each) => text(each.asked) === "wrong")).toHaveLength(1);
    expect(JSON.stringify([found, [...host.files]])).not.toContain("secret-key");
  });

  it("caches answers as they arrive: the next run asks only what is missing", async () => {
    behave = (asked, response) => (text(asked) === "b" ? say(response, "", 400) : say(response, `re ${text(asked)}`));
    await endpoint().judge(ask("a", "b", "c"));
    requests = [];
    behave = (_, response) => say(response, "late");
    const found = await endpoint().judge(ask("a", "b", "c"));
    expect(found).toEqual([
      { ok: true, text: "re a", cached: true },
      { ok: true, text: "late", cached: false },
      { ok: true, text: "re c", cached: true },
    ]);
    expect(requests.map((each) => text(each.asked))).toEqual(["b"]);
    await endpoint({ model: "another" }).judge(ask("a"));
    expect(requests).toHaveLength(2);
  });

  it("stops sending requests to an endpoint that is down, and ends with the cell", async () => {
    const many = ask(...Array.from({ length: 20 }, (_, i) => `${i}`));
    behave = (_, response) => void response.writeHead(503).end();
    const found = await endpoint({ retries: 0, concurrency: 1 }).judge(many);
    expect(requests).toHaveLength(6);
    expect(found.at(-1)).toEqual({ ok: false, reason: "not sent: the endpoint failed 6 times in a row" });
    behave = () => host.end();
    await expect(endpoint({ timeout: 60 }).judge(ask("x"))).rejects.toThrow("The cell was ended");
    expect(() => judgeEndpoint({ url: "not an address", model: "m" })).toThrow(
      '"not an address" is not an HTTP address',
    );
  });
});

const questions: JudgeQuestion[] = [
  { id: "q1", category: "writing", turns: ["Write {a} poem.", "Make it shorter."] },
  { id: "q2", category: "math", turns: ["What is 2+2?"], reference: ["4"] },
];
const good = [["good one", "good two"], ["good 4"]];
const bad = [["bad one", "bad two"], ["bad 5"]];

it("the key comes from the environment by default", async () => {
  vi.stubEnv("PALIMPSEST_JUDGE_KEY", "from outside");
  behave = (_, response) => say(response, "fine");
  await endpoint({ key: undefined }).judge(ask("a"));
  vi.unstubAllEnvs();
  expect(requests[0]?.key).toBe("Bearer from outside");
});

describe("grades", () => {
  it("are asked turn by turn with the matching prompt, and averaged over the turns that have one", async () => {
    behave = (asked, response) => {
      if (text(asked).includes("Make it shorter")) return say(response, "It is fine. Rating: [[7]]");
      return say(response, text(asked).includes("poem") ? "Rating: [[9]] no, Rating: [[8.5]]" : "I cannot say.");
    };
    const found = await judgeGrades(endpoint(), questions, good);
    expect(found).toMatchObject({ mean: 7.75, byTurn: [8.5, 7], graded: 2, failed: 1, judge: "stub-judge" });
    expect(found.byCategory).toEqual({ writing: 7.75, math: Number.NaN });
    expect(found.prompts).toEqual([
      "palimpsest 1, after MT-Bench's single-v1",
      "palimpsest 1, after MT-Bench's single-v1-multi-turn",
      "palimpsest 1, after MT-Bench's single-math-v1",
    ]);
    const second = requests.map((each) => text(each.asked)).find((each) => each.includes("Make it shorter"))!;
    for (const piece of ["Write {a} poem.", "good one", "good two"]) expect(second).toContain(piece);
    expect(requests.map((each) => text(each.asked)).find((each) => each.includes("2+2"))).toContain(
      "[Reference answer]\n4",
    );
    await expect(judgeGrades(endpoint(), questions, [["a"]])).rejects.toThrow("2 questions but 1 answers");
  });

  it("survive an endpoint that is down", async () => {
    behave = (_, response) => void response.writeHead(500).end();
    const found = await judgeGrades(endpoint({ retries: 0 }), questions, good);
    expect(found).toMatchObject({ mean: Number.NaN, graded: 0, failed: 3 });
    expect(found.rows[0]).toMatchObject({ grade: undefined, said: expect.stringContaining("500") });
  });

  it("are read from brackets; the last one counts, and 0 or 11 is not a grade", () => {
    expect(["[[8]]", "[[3]] then [[4.5]]", "Rating: [6]", "[[0]]", "[[11]]", "eight"].map(gradeIn)).toEqual([
      8,
      4.5,
      6,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe("a contest", () => {
  const first = (asked: Asked): "good" | "bad" =>
    text(asked).search(/good/) < text(asked).search(/bad/) ? "good" : "bad";

  it("counts a win only when both orders agree", async () => {
    behave = (asked, response) => say(response, first(asked) === "good" ? "[[A]]" : "[[B]]");
    expect(await judgeContest(endpoint(), questions, { system: good, baseline: bad })).toMatchObject({
      winRate: 1,
      wins: 3,
      disagreement: 0,
    });
    expect(await judgeContest(endpoint(), questions, { system: bad, baseline: good })).toMatchObject({
      winRate: 0,
      losses: 3,
    });
    behave = (_, response) => say(response, "The first is better: [[A]]");
    const swayed = await judgeContest(endpoint({ model: "swayed" }), questions, { system: good, baseline: bad });
    expect(swayed).toMatchObject({ winRate: 0.5, ties: 3, disagreement: 1 });
  });

  it("counts a pair without both preferences as failed", async () => {
    behave = (asked, response) => {
      if (text(asked).includes("2+2")) return say(response, first(asked) === "good" ? "[[A]]" : "no verdict");
      return say(response, "Equal. [[C]]");
    };
    const found = await judgeContest(endpoint(), questions, { system: good, baseline: bad });
    expect(found).toMatchObject({ winRate: 0.5, ties: 2, failed: 1, disagreement: 0 });
    expect(found.rows.map(({ outcome }) => outcome)).toEqual(["tie", "tie", "failed"]);
  });
});

it("questions are read from MT-Bench's and AlpacaEval's files, and a model answers the second turn after its own first answer", async () => {
  const lines = [
    { question_id: 81, category: "writing", turns: ["One?", "Two?"] },
    { question_id: 82, turns: [] },
    { question_id: 101, category: "math", turns: ["A?"], reference: ["B"] },
  ];
  host.files.set("mt.jsonl", lines.map((line) => JSON.stringify(line)).join("\n"));
  const { items, bad: wrong } = await judgeQuestionFile("mt.jsonl");
  expect(items).toEqual([
    { id: "81", category: "writing", turns: ["One?", "Two?"] },
    { id: "101", category: "math", turns: ["A?"], reference: ["B"] },
  ]);
  expect(wrong).toMatchObject([{ line: 2, reason: '"turns" is not a list of one or two strings' }]);
  host.files.set("alpaca.json", JSON.stringify([{ instruction: "Do.", output: "x", dataset: "vicuna" }]));
  expect((await judgeQuestionFile("alpaca.json")).items).toEqual([
    { id: "1", category: "vicuna", turns: ["Do."], baseline: ["x"] },
  ]);
  const model = ruleModel((prompt) => `re ${prompt.messages.map(({ content }) => content).join("|")}`);
  expect(await judgedAnswers(model, items)).toEqual([["re One?", "re One?|re One?|Two?"], ["re A?"]]);
});

it("prompts are read from a file in FastChat's format, which must be complete", async () => {
  const line = (name: string, template: string) =>
    JSON.stringify({ name, system_prompt: "S", prompt_template: template });
  host.files.set("few.jsonl", line("single-v1", "{question} / {answer}"));
  await expect(judgePrompts("few.jsonl")).rejects.toThrow("few.jsonl lacks the prompts single-v1-multi-turn");
  const names = ["single", "single-math", "pair", "pair-math"].flatMap((name) => {
    const version = name === "pair" ? "v2" : "v1";
    return [`${name}-${version}`, `${name}-${version}-multi-turn`];
  });
  host.files.set("p.jsonl", names.map((name) => line(name, `${name}: {question} / {answer}`)).join("\n"));
  behave = (_, response) => say(response, "[[5]]");
  const found = await judgeGrades(endpoint(), questions.slice(1), good.slice(1), await judgePrompts("p.jsonl"));
  expect(found).toMatchObject({ mean: 5, prompts: ["single-math-v1 of p.jsonl"] });
  expect(requests[0]!.asked.messages).toEqual([
    { role: "system", content: "S" },
    { role: "user", content: "single-math-v1: What is 2+2? / good 4" },
  ]);
});
