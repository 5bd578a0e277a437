/** The script of a shared page that can run its notebook: what a page to read has, and the element. Both share their libraries. */
import "../share/main.ts";
import "./run-in-page.ts";

// While the notebook runs, the page shows what it shows now, and not what was shown.
for (const [event, isRunning] of [
  ["run-began", true],
  ["run-ended", false],
] as const)
  document.addEventListener(event, () => document.body.classList.toggle("running", isRunning));
