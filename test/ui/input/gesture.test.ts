import { expect, test } from "vitest";
import { Gesture } from "../../../ui/input/gesture.ts";

function recorded(kind: "restarting" | "live"): { gesture: Gesture<number>; calls: string[] } {
  const calls: string[] = [];
  const gesture = new Gesture<number>(
    (value) => calls.push(`draft ${value}`),
    (value) => calls.push(`commit ${value}`),
    () => kind === "live",
  );
  return { gesture, calls };
}

test("a drag shows drafts and commits the value at its end", () => {
  const { gesture, calls } = recorded("restarting");
  gesture.move(3);
  gesture.move(4);
  gesture.release(4);
  expect(calls).toEqual(["draft 3", "draft 4", "commit 4"]);
});

test("of the changes by a held key, only the last is committed, when the key is released", () => {
  const { gesture, calls } = recorded("restarting");
  for (const value of [5, 6, 7]) {
    gesture.keyDown();
    gesture.move(value);
    gesture.release(value);
  }
  expect(calls).toEqual(["draft 5", "draft 6", "draft 7"]);
  gesture.keyUp();
  gesture.keyUp();
  expect(calls.slice(3)).toEqual(["commit 7"]);
});

test("a live input commits every change, also with a held key", () => {
  const { gesture, calls } = recorded("live");
  gesture.keyDown();
  gesture.move(1);
  gesture.release(1);
  gesture.keyUp();
  expect(calls).toEqual(["commit 1", "commit 1"]);
});
