/**
 * The entry of the page: the start page at `/`, a notebook at `/notebook/<path>`, the runs at `/runs`, the records at `/records`,
 * the sweeps at `/sweeps`.
 * The bundle contains everything that the page needs.
 */
import { restoreTheme } from "./look/theme.ts";
import { tokens } from "./look/tokens.ts";
import { NotebookPage } from "./notebook/notebook-page.ts";
import { ComparePage } from "./runs/compare-page.ts";
import { RecordPage } from "./runs/record-page.ts";
import { RecordsPage } from "./runs/records-page.ts";
import { RunsPage } from "./runs/runs-page.ts";
import { StartPage } from "./start/start-page.ts";
import { SweepPage } from "./sweep/sweep-page.ts";
import { SweepsPage } from "./sweep/sweeps-page.ts";

restoreTheme();
if (tokens.styleSheet) document.adoptedStyleSheets.push(tokens.styleSheet);
document.documentElement.lang = "en";

const prefix = "/notebook/";
const sweepPrefix = "/sweeps/";
if (location.pathname.startsWith(prefix)) {
  const page = new NotebookPage();
  page.path = decoded(location.pathname.slice(prefix.length));
  document.body.append(page);
} else if (location.pathname === "/runs") {
  document.body.append(new RunsPage());
} else if (location.pathname === "/runs/compare") {
  document.body.append(new ComparePage());
} else if (location.pathname === "/records") {
  document.body.append(new RecordsPage());
} else if (location.pathname === "/records/one") {
  document.body.append(new RecordPage());
} else if (location.pathname === "/sweeps") {
  document.body.append(new SweepsPage());
} else if (location.pathname.startsWith(sweepPrefix)) {
  const page = new SweepPage();
  page.key = decoded(location.pathname.slice(sweepPrefix.length));
  document.body.append(page);
} else {
  document.body.append(new StartPage());
}

/** The server answers an address that cannot be decoded before this page is loaded. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
