import { mkdtemp, writeFile } from "node:fs/promises";
import { launch, openPage } from "/work/h/page/test/browser/chromium.ts";
import { serve } from "/work/h/page/test/browser/real-server.ts";

const N = 300;
const NB = Array.from(
  { length: N },
  (_, i) =>
    `// %% c${i}\n// The cell ${i} adds one to what it needs.\nconst v${i}: number = ${i === 0 ? "0" : `v${i - 1} + 1`};\nfunction f${i}(x: number) {\n  return x * v${i};\n}\nv${i}\n`,
).join("\n");
const folder = await mkdtemp("/tmp/prof-");
await writeFile(folder + "/chain.ts", NB);
const server = await serve(folder);
const browser = await launch();
const { page } = await openPage(browser);
await page.addInitScript("globalThis.__name = (g) => g");
await page.goto(server.address);
const url = new URL(server.address).origin + "/notebook/chain.ts";
await page.goto(url);
await page.locator('[data-link="live"]').waitFor();
await page.getByRole("button", { name: "Run all" }).click();
await page.waitForFunction(
  () =>
    document.querySelector("pal-notebook")?.shadowRoot?.querySelector('pal-cell[data-cell="c299"][data-status="done"]'),
  undefined,
  { timeout: 60000 },
);
await page.waitForTimeout(1500);
const cdp = await page.context().newCDPSession(page);
const summary = (profile: any) => {
  const self = new Map<string, number>();
  const total = new Map<string, number>();
  const byId = new Map(profile.nodes.map((n: any) => [n.id, n]));
  const parent = new Map();
  for (const n of profile.nodes) for (const c of n.children ?? []) parent.set(c, n.id);
  const label = (n: any) =>
    `${n.callFrame.functionName || "(anon)"}:${n.callFrame.lineNumber + 1}:${n.callFrame.columnNumber}`;
  profile.samples.forEach((id: number, i: number) => {
    const dt = (profile.timeDeltas[i] ?? 0) / 1000;
    const n: any = byId.get(id);
    self.set(label(n), (self.get(label(n)) ?? 0) + dt);
    const seen = new Set<string>();
    for (let at: any = id; at !== undefined; at = parent.get(at)) {
      const l = label(byId.get(at));
      if (!seen.has(l)) {
        seen.add(l);
        total.set(l, (total.get(l) ?? 0) + dt);
      }
    }
  });
  const top = (m: Map<string, number>, k: number) =>
    [...m]
      .sort((a, b) => b[1] - a[1])
      .slice(0, k)
      .map(([l, v]) => `${v.toFixed(0)} ${l}`)
      .join("\n");
  return `SELF\n${top(self, 18)}\nTOTAL\n${top(total, 45)}`;
};
await cdp.send("Profiler.enable");
await cdp.send("Profiler.setSamplingInterval", { interval: 500 });
await page.goto("about:blank");
await cdp.send("Profiler.start");
await page.goto(url);
await page.locator('[data-link="live"]').waitFor();
await page.waitForTimeout(1500);
console.log("OPEN\n" + summary((await cdp.send("Profiler.stop")).profile));
console.log(
  JSON.stringify(
    (await cdp.send("Performance.enable"), await cdp.send("Performance.getMetrics")).metrics.filter((m: any) =>
      /Layout|Recalc|Script|Task|Nodes/.test(m.name),
    ),
  ),
);
const changed = async (text: string) => {
  await page.locator('pal-cell[data-cell="c0"] .cm-content').click();
  await page.keyboard.press("Control+End");
  for (const k of ["ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp", "End", "ArrowLeft", "Backspace"])
    await page.keyboard.press(k);
  await page.keyboard.type(text);
  await page.waitForTimeout(600);
};
await changed("5");
await cdp.send("Profiler.start");
await page.keyboard.press("Control+Enter");
await page.waitForTimeout(1200);
console.log("CHAIN\n" + summary((await cdp.send("Profiler.stop")).profile));
await browser.close();
await server.close();
process.exit(0);
