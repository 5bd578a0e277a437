/** Wrong use of the command line is said in one line. */
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { until } from "../until.ts";
import { folder, inside, NOTEBOOK, notebook } from "./command-stage.ts";

describe("misuse gives exit code 2 and one line", () => {
  it.each([
    [["fly"], /no command "fly"/],
    [["run"], /Name a notebook: palimpsest run <notebook>/],
    [["run", "missing.ts"], /no file .*missing\.ts/],
    [["run", "knobs.ts", "--set", "rnak=4"], /no input rnak.*n, name, seed/],
    [["run", "knobs.ts", "--set", "n=many"], /n cannot be "many": it must be a number/],
    [["run", "knobs.ts", "--set", "n"], /name=value/],
    [["run", "knobs.ts", "--set", "seed=x"], /seed must be a whole number/],
    [["run", "knobs.ts", "--colour"], /--colour/],
    [["run", "knobs.ts", "--backend", "gpu"], /one of tensorflow, webgpu, wasm, cpu, not "gpu"/],
    [["run", "knobs.ts", "--memory", "much"], /--memory must be a size such as 6GB or 800MB, not "much"/],
    [["sweep"], /Name a notebook: palimpsest sweep <notebook>/],
    [["sweep", "knobs.ts"], /Say what to vary/],
    [["sweep", "knobs.ts", "--grid", "rnak=4,5"], /no input rnak.*n, name, seed/],
    [["sweep", "knobs.ts", "--grid", "n=4,many"], /n cannot be "many": it must be a number/],
    [["sweep", "knobs.ts", "--grid", "n=1,1"], /"1" twice/],
    [["sweep", "knobs.ts", "--grid", "n=1,2", "--set", "n=3"], /n is given twice/],
    [["sweep", "knobs.ts", "--grid", "seed=1,2"], /--seeds k/],
    [["sweep", "knobs.ts", "--seeds", "2", "--set", "seed=3"], /not both/],
    [["sweep", "knobs.ts", "--seeds", "many"], /whole number from 1 to 10000/],
    [["sweep", "knobs.ts", "--range", "n=1:9"], /--random n says how often/],
    [["sweep", "knobs.ts", "--grid", "n=1,2", "--random", "3"], /--range name=low:high/],
    [["sweep", "knobs.ts", "--range", "n=9:1", "--random", "3"], /low below high/],
    [["sweep", "knobs.ts", "--grid", "n=1,2", "--pareto", "chrf"], /name two columns/],
    [["sweep", "knobs.ts", "--grid", "n=1,2", "--on", "moon"], /--on must be .*not "moon"/],
    [["sweep", "knobs.ts", "--grid", "n=1,2", "--again", "abc"], /no entry abc/],
    [["start", "--memory", "0GB"], /--memory must be a size/],
    [["check"], /Name a notebook: palimpsest check <notebook>/],
    [["check", "knobs.ts", "knobs.ts"], /one notebook, not 2/],
    [["check", "missing.ts"], /no file .*missing\.ts/],
    [["check", "knobs.ts", "--fix"], /--fix/],
    [["start", "--port", "70000"], /1 to 65535, not "70000"/],
    [["start", "--port", "0"], /1 to 65535/],
    [["start", "nowhere"], /no folder/],
  ])("%j", async (args, message) => {
    await notebook("knobs.ts", NOTEBOOK);
    const { code, err } = await inside(args.map((word) => (word.endsWith(".ts") ? join(folder, word) : word)));
    expect(err).toMatch(message);
    expect(err.trim().split("\n")).toHaveLength(1);
    expect(code).toBe(2);
  });

  it("reports that a port is in use", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await until(() => other.listening);
    const address = other.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const { code, err } = await inside(["start", folder, "--no-open", "--port", String(port)]);
    expect([code, err.trim()]).toEqual([2, `palimpsest: Port ${port} is in use. Choose another with --port.`]);
    other.close();
  });
});
