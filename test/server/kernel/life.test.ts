/** The phases of a generation, without a kernel. */
import { describe, expect, test } from "vitest";
import {
  born,
  isOver,
  isSilent,
  type Life,
  type Outcome,
  outcomeOf,
  runOver,
  runStarted,
  topLevelOver,
} from "../../../server/kernel/life.ts";

const done: Outcome = { status: "done" };
const stopped: Outcome = { status: "stopped" };
const failed = (message: string): Outcome => ({ status: "failed", error: { kind: "runtime", message } });
const outcome = (life: Life): Outcome | undefined =>
  life.phase === "settled" || life.phase === "finished" ? outcomeOf(life) : undefined;

describe("a generation", () => {
  test("without runs finishes with its top level", () => {
    for (const top of [done, stopped, failed("no luck")]) {
      const life = topLevelOver(born, top, 0);
      expect(life.phase).toBe("finished");
      expect(outcome(life)).toEqual(top);
    }
  });

  test("with open runs settles first and finishes with the last run", () => {
    const settled = topLevelOver(runStarted(born), done, 2);
    expect(settled.phase).toBe("settled");
    const one = runOver(settled, done, 1);
    expect(one.phase).toBe("settled");
    expect(runOver(one, done, 0).phase).toBe("finished");
  });

  test("is not finished by a run that ends before the top level does", () => {
    expect(runOver(runStarted(born), done, 0)).toEqual(born);
    expect(outcome(topLevelOver(runOver(born, stopped, 0), done, 0))).toEqual(stopped);
  });

  test("takes the outcome of the first failed run, else of a stopped one, unless its top level has a problem itself", () => {
    const ends = (...outcomes: Outcome[]): Outcome | undefined =>
      outcome(outcomes.reduce((life, each) => runOver(life, each, 1), topLevelOver(born, done, 9)));
    expect(ends(done, stopped, done)).toEqual(stopped);
    expect(ends(stopped, failed("first"), failed("second"), stopped)).toEqual(failed("first"));
    expect(outcome(runOver(topLevelOver(born, failed("top"), 1), failed("run"), 0))).toEqual(failed("top"));
  });

  test("finishes once more when a fork of a run starts after it has finished", () => {
    const finished = topLevelOver(born, done, 0);
    const again = runStarted(finished);
    expect(again.phase).toBe("settled");
    expect(runOver(again, done, 0)).toEqual(finished);
    const hopeless = topLevelOver(born, stopped, 0);
    expect(runStarted(hopeless)).toBe(hopeless);
  });

  test("is silent after its end, and when a stopped top level has finished", () => {
    expect(isSilent(topLevelOver(born, stopped, 0))).toBe(true);
    expect(isSilent(topLevelOver(born, stopped, 1))).toBe(false);
    expect(isSilent(topLevelOver(born, failed("no luck"), 0))).toBe(false);
    expect(isSilent({ phase: "closing" })).toBe(false);
    expect(isSilent({ phase: "ended" })).toBe(true);
  });

  test("that is over changes no more", () => {
    for (const phase of ["disposing", "closing", "ended"] as const) {
      const life: Life = { phase };
      expect(isOver(life)).toBe(true);
      expect([topLevelOver(life, done, 0), runStarted(life), runOver(life, stopped, 0)]).toEqual([life, life, life]);
    }
    expect(isOver(topLevelOver(born, done, 0))).toBe(false);
  });
});
