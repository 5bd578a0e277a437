/**
 * Outputs that attack the page that shows them, in a real browser with the real content security policy. The page draws them
 * from the log of a session, as from a folder that somebody sent: no cell runs. No output may cover the window, take it to
 * another page, or reach the workbench.
 */
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import type { Output, PlotOptions } from "../../server/values.ts";
import { executable } from "../browser/chromium.ts";
import { Stage } from "../browser/stage.ts";
import * as story from "../browser/story.ts";

const AWAY = "https://attacker.example/stolen";
const columns = {
  x: [0, 1],
  y: [0, 1],
  u: [AWAY, AWAY],
  j: ["javascript:document.title='caught'", "data:text/html,x"],
};
const data = { kind: "columns", columns, length: 2 } as const;
const plot = (options: PlotOptions, mark: PlotOptions = {}): Output => ({
  kind: "plot",
  spec: { options, marks: [{ mark: "dot", data, options: { x: "x", y: "y", r: 60, fill: "red", ...mark } }] },
});
const markdown = (text: string): Output => ({ kind: "markdown", text });
const frame = (html: string): Output => ({ kind: "html", html });
const cover = "position:fixed;inset:0;width:100vw;height:100vh;z-index:2147483647;background:red";

const attacks: readonly (readonly [string, Output])[] = [
  ["a chart whose style covers the window", plot({ style: cover })],
  ["a chart whose style covers the window, as an object", plot({ style: { position: "fixed", inset: 0, zIndex: 99 } })],
  [
    "a legend whose style covers the window",
    plot({ color: { legend: true, domain: ["a"], style: cover } }, { fill: "u" }),
  ],
  ["a chart with a class name of the page", plot({ className: "notice" }, { className: "notice" })],
  [
    "a chart that is far larger than the page",
    plot({ width: 9000, height: 400, marginLeft: -9000 }, { dx: -2000, r: 4000 }),
  ],
  ["a chart whose points are links to another site", plot({}, { href: "u" })],
  ["a chart whose links open in the top window", plot({}, { href: "u", target: "_top" })],
  ["a chart whose points are links that run code", plot({}, { href: "j", target: "_self" })],
  ["a chart whose title is HTML", plot({ title: `<a href="${AWAY}">x</a>`, caption: `<base href="${AWAY}">` })],
  ["markdown with a link over the window", markdown(`<a href="${AWAY}" style="${cover}">x</a>`)],
  [
    "markdown with an SVG link",
    markdown(`A drawing: <svg width="800" height="300"><a href="${AWAY}"><rect width="800" height="300"/></a></svg>`),
  ],
  [
    "markdown with an image map",
    markdown(`<img usemap="#m" width="300" height="200"><map name="m"><area shape="default" href="${AWAY}"></map>`),
  ],
  ["markdown with a form", markdown(`<form action="${AWAY}"><button>Continue</button><input type="image"></form>`)],
  [
    "markdown with base, refresh and a frame",
    markdown(
      `<base href="${AWAY}"><meta http-equiv="refresh" content="0;url=${AWAY}"><iframe src="${AWAY}"></iframe>\n\n[x](/next)`,
    ),
  ],
  [
    "markdown with links that run code",
    markdown("[a](javascript:document.title='caught') <a href=\"java\tscript:document.title='caught'\">b</a>"),
  ],
  [
    "markdown with a dialog and a popover",
    markdown(
      `<dialog open style="${cover}">x</dialog><div popover="manual" id="p">y</div><button popovertarget="p">z</button>`,
    ),
  ],
  [
    "markdown with the page's own classes and parts",
    markdown(`<div class="notice error" id="panel" part="x" slot="y">Log in <a href="${AWAY}">here</a></div>`),
  ],
  [
    "markdown that loads an image of another site",
    markdown(`![x](${AWAY}.png) <img src="${AWAY}" srcset="${AWAY} 2x">`),
  ],
  [
    "an HTML frame that goes away by itself",
    frame(`<meta http-equiv="refresh" content="0;url=${AWAY}"><script>top.location="${AWAY}"</script>`),
  ],
  ["an HTML frame with links to the top window", frame(`<base target="_top"><a href="${AWAY}" style="${cover}">x</a>`)],
  [
    "an HTML frame with a form for the top window",
    frame(`<form action="${AWAY}" target="_top"><button style="${cover}">x</button></form>`),
  ],
  [
    "an SVG image with links and code",
    {
      kind: "image",
      mime: "image/svg+xml",
      base64: btoa(
        `<svg xmlns="http://www.w3.org/2000/svg" width="600" height="300"><script>top.document.title="caught"</script><a href="${AWAY}" target="_top"><rect width="600" height="300"/></a></svg>`,
      ),
    },
  ],
  ["an image whose type is HTML", { kind: "image", mime: 'image/png" onerror="document.title=1', base64: "x" }],
  [
    "a table and a value of HTML",
    { kind: "table", columns: [`<a href="${AWAY}">x</a>`], rows: [[`<a href="${AWAY}">x</a>`]], total: 1 },
  ],
  ["a value of HTML", { kind: "value", value: { kind: "opaque", text: `<a href="${AWAY}" style="${cover}">x</a>` } }],
];

/** Whether it lies over the bar, over the edges of the window, or over the code of its own cell. */
async function isCovered(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const bar = document.querySelector("pal-notebook")!.shadowRoot!.querySelector("pal-bar")!.getBoundingClientRect();
    const at = (x: number, y: number): string => {
      let found = document.elementFromPoint(x, y);
      let path = "";
      while (found) {
        path += `/${found.localName}`;
        const inner: Element | null | undefined = found.shadowRoot?.elementFromPoint(x, y);
        if (!inner || inner === found) break;
        found = inner;
      }
      return path;
    };
    const inBar = [10, innerWidth / 2, innerWidth - 10].map((x) => at(x, bar.top + bar.height / 2));
    const code = document
      .querySelector("pal-notebook")!
      .shadowRoot!.querySelector('[data-cell="model"]')!
      .shadowRoot!.querySelector("pal-code")!
      .shadowRoot!.querySelector(".text-box")!
      .getBoundingClientRect();
    const inCode = at(code.left + code.width / 2, code.top + code.height / 2);
    const edges = [at(5, innerHeight - 5), at(innerWidth - 5, innerHeight / 2)];
    return (
      inCode.includes("pal-results") ||
      inBar.some((path) => !path.includes("pal-bar")) ||
      edges.some((path) => path.includes("pal-results"))
    );
  });
}

describe.skipIf(!executable)("an output that attacks the page", () => {
  const stage = new Stage();

  test.each(attacks)("%s", async (_, output) => {
    stage.expectedFaults =
      /Executing inline|Refused to|violates the following|sandboxed|Blocked script|Unsafe attempt|ERR_/;
    const { page } = stage;
    // The attacker's site answers, so that a page that goes there gets there.
    await page.context().route(`${AWAY}**`, (route) => route.fulfill({ contentType: "text/html", body: "gone" }));
    const opened: string[] = [];
    const tab = (each: Page): void => void opened.push(each.url());
    page.context().on("page", tab);
    stage.server.push(
      story.opened,
      { type: "cell-started", cell: "model", generation: 1, snapshot: story.snapshotOf("model") },
      { type: "cell-output", cell: "model", generation: 1, output },
    );
    await stage.open();
    const home = page.url();
    const box = stage.cell("model").locator("[data-output]");
    await box.waitFor();
    await page.waitForTimeout(400);
    expect(await isCovered(page)).toBe(false);

    const { x, y, width, height } = (await box.boundingBox())!;
    for (const [across, down] of [
      [0.5, 0.5],
      [0.1, 0.1],
      [0.9, 0.9],
      [0.05, 0.5],
      [0.02, 0.05],
    ] as const) {
      const point = [x + width * across, Math.min(y + height * down, 880)] as const;
      await page.mouse.click(...point);
    }
    await page.mouse.click(x + width / 2, Math.min(y + height / 2, 880), { button: "middle" });
    // What is a link, or looks like one, is pressed as well.
    for (const link of await box.locator("a, area, button, [href]").all())
      await link.dispatchEvent("click").catch(() => undefined);
    await page.waitForTimeout(150);
    expect(page.url()).toBe(home);
    expect(await page.title()).not.toContain("caught");
    expect(await page.locator("pal-cell").count()).toBe(story.cells.length);
    expect(await isCovered(page)).toBe(false);

    const links = await box.evaluate((element) => {
      const found: { href: string | null; target: string | null; rel: string | null; opener: boolean }[] = [];
      const search = (root: ParentNode): void => {
        for (const each of root.querySelectorAll("*")) {
          if (/^(a|area)$/i.test(each.localName)) {
            const href = each.getAttribute("href") ?? each.getAttributeNS("http://www.w3.org/1999/xlink", "href");
            if (href !== null)
              found.push({ href, target: each.getAttribute("target"), rel: each.getAttribute("rel"), opener: false });
          }
          if (each.shadowRoot) search(each.shadowRoot);
        }
      };
      search(element);
      return found;
    });
    for (const { href, target, rel } of links) {
      expect(href).toMatch(/^https?:/);
      expect([target, rel]).toEqual(["_blank", "noopener noreferrer"]);
    }
    page.context().off("page", tab);
    for (const each of page.context().pages())
      if (each !== page) {
        expect(await each.evaluate(() => window.opener)).toBe(null);
        await each.close();
      }
    await page.context().unrouteAll();
  });

  test("a link of a chart and of markdown says where it leads and opens a new tab", async () => {
    const { page } = stage;
    await page.context().route(`${AWAY}**`, (route) => route.fulfill({ contentType: "text/html", body: "arrived" }));
    stage.server.push(
      story.opened,
      { type: "cell-started", cell: "model", generation: 1, snapshot: story.snapshotOf("model") },
      { type: "cell-output", cell: "model", generation: 1, output: plot({}, { href: "u" }) },
      { type: "cell-output", cell: "model", generation: 1, output: markdown(`[read more](${AWAY})`) },
    );
    await stage.open();
    const link = stage.cell("model").getByRole("link", { name: "read more" });
    expect(await link.getAttribute("title")).toBe(AWAY);
    const point = stage.cell("model").locator("pal-plot a").first();
    expect(await point.locator("title").textContent()).toBe(AWAY);
    for (const each of [link, point]) {
      const [tab] = await Promise.all([page.context().waitForEvent("page"), each.click()]);
      expect(tab.url()).toBe(AWAY);
      expect(await tab.evaluate(() => window.opener)).toBe(null);
      await tab.close();
    }
    await page.context().unrouteAll();
  });
});
