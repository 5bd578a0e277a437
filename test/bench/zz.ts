import { manyCells } from "/work/h/page/test/bench/kernel/page.ts";

for (const m of await manyCells())
  console.log(m.name, m.value.toFixed(0), m.samples.map((s) => s.toFixed(0)).join(" "));
process.exit(0);
