/** Attacks of a notebook or a record on the reader of a shared page: nothing in it may run, load or leave its place. */
import { expect, it } from "vitest";
import { renderer } from "../../server/share/dom.ts";
import { sharedRecord } from "../../server/share/from-record.ts";
import { sharedSession } from "../../server/share/from-session.ts";
import { pageOf } from "../../server/share/page.ts";
import type { Shared } from "../../server/share/shared.ts";
import type { Output } from "../../server/values.ts";
import { SharedStage } from "../server/share/stage.ts";

const ATTACK = `</script><script>alert(1)</script><img src=x onerror=alert(2)><!--<script>`;

const pageWith = async (shared: Shared, note?: string): Promise<Document> => {
  const facts = { included: [], note, licence: note };
  const parts = { shared, code: "shown", theme: "auto", facts, files: [], script: `"</script><!--";` } as const;
  const { JSDOM } = await import("jsdom");
  return new JSDOM(pageOf(parts, await renderer())).window.document;
};

function expectHarmless(page: Document): void {
  const scripts = [...page.querySelectorAll("script")];
  expect(scripts.map(({ type }) => type)).toEqual(["application/json", ""]);
  expect(() => JSON.parse(scripts[0]!.textContent!)).not.toThrow();
  for (const element of page.querySelectorAll("*"))
    for (const { name, value } of element.attributes) {
      expect(`${element.localName} ${name}`).not.toMatch(/ on/);
      if (name === "href" || name === "src") expect(value).toMatch(/^(#|data:|https:)/);
    }
  for (const frame of page.querySelectorAll("iframe")) {
    expect(frame.getAttribute("sandbox")).toBe("");
    expect(frame.srcdoc).not.toMatch(/<script|onerror|onload|javascript:|<meta|<base|<form/i);
  }
}

it("texts, names, tables, charts and errors of a session", async () => {
  const outputs: readonly Output[] = [
    { kind: "text", text: ATTACK },
    {
      kind: "markdown",
      text: `${ATTACK}\n\n[a](javascript:alert(1)) <a href="https://x.org" onclick="a()">b</a> <style>*{}</style>`,
    },
    {
      kind: "html",
      html: `<meta http-equiv=refresh content="0;url=//x"><base href=//x><form action=//x></form>${ATTACK}`,
    },
    { kind: "table", columns: [ATTACK], rows: [[ATTACK]], total: 1 },
    { kind: "image", mime: "image/svg+xml", base64: `x" onload="alert(1)` },
    {
      kind: "value",
      value: { kind: "record", name: ATTACK, size: 1, entries: [[ATTACK, { kind: "opaque", text: ATTACK }]] },
    },
    {
      kind: "plot",
      spec: {
        options: { title: ATTACK, caption: ATTACK, className: `a{}</style>${ATTACK}`, style: `background:url(//x)` },
        marks: [
          {
            mark: "dot",
            data: { kind: "columns", columns: { x: [1], href: ["javascript:alert(1)"], t: [ATTACK] }, length: 1 },
            options: { x: "x", href: "href", title: "t" },
          },
        ],
      },
    },
  ];
  const stage = new SharedStage(
    `// %% [markdown] t\n// # ${ATTACK}\n// ${ATTACK}\n\n// %% a\nconst a = "${ATTACK}";\n`,
  );
  const page = await pageWith(sharedSession(stage.run({ a: outputs }).state, []), ATTACK);
  expectHarmless(page);
  expect(page.querySelector("pre.text")!.textContent).toBe(ATTACK);
  expect(page.querySelector('[data-output="image"]')!.textContent).toContain("cannot be shown");
  expect(page.querySelector('[data-output="plot"] svg')).not.toBeNull();
});

it("texts of a record that came from elsewhere", async () => {
  const record = {
    ...{ format: "palimpsest-record/1", id: "r", name: ATTACK, note: ATTACK, notebook: "n.ts", created: ATTACK },
    ...{ status: "done", seed: 1, inputs: { [ATTACK]: ATTACK }, environment: { [ATTACK]: ATTACK }, files: [] },
    models: [{ name: ATTACK, origin: "outside", files: [], digests: {} }],
    data: [{ path: ATTACK, sha256: "", bytes: 1, included: false }],
    runs: [
      {
        ...{ id: "r1", cell: "a", nth: 0, method: ATTACK, steps: 1, status: "failed", message: ATTACK, config: {} },
        ...{
          knobs: {},
          changes: [{ kind: "alert", step: 1, name: ATTACK, message: ATTACK }],
          after: [],
          checkpoints: [],
        },
      },
    ],
    cells: [{ id: "a", snapshot: null, status: "failed", error: ATTACK }],
  } as const;
  const shared = sharedRecord({
    record: record as unknown as Parameters<typeof sharedRecord>[0]["record"],
    ...{ digest: ATTACK, text: "// %% a\n1;\n", tables: new Map(), certificate: undefined },
    outputs: [{ cell: "a", outputs: [{ kind: "run", run: "r1" }] }],
  });
  expectHarmless(await pageWith(shared));
});
