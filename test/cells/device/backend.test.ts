/** The choice of the backend, on any machine. */
import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { chooseBackend } from "../../../cells/device/backend.ts";
import { examine } from "../../../cells/device/doctor.ts";
import { hasWebgpu } from "./backends.ts";

const order = ["tensorflow on a GPU", "webgpu", "tensorflow on the CPU", "wasm", "cpu"];

test("the first usable backend is set; for each one before it there is a reason", async () => {
  const { name, passedOver } = await chooseBackend();
  expect(tf.getBackend()).toBe(name);
  expect(passedOver.map((backend) => backend.name)).toEqual(order.slice(0, passedOver.length));
  for (const { reason } of passedOver) expect(reason).toMatch(/^\S.{9,}$/);
  expect(order[passedOver.length]).toContain(name);
});

test("a requested backend is set", async () => {
  for (const name of ["cpu", "wasm"]) {
    expect(await chooseBackend(name)).toEqual({ name, passedOver: [] });
    expect(tf.getBackend()).toBe(name);
  }
});

test("if a requested backend cannot be used, the error names those that can", async () => {
  await expect(chooseBackend("abacus")).rejects.toThrow(
    /^The backend "abacus" cannot be used \(there is no backend of that name\)\. These can: .*wasm, cpu\.$/,
  );
});

test.runIf(hasWebgpu)("a software adapter is used only if webgpu is requested by name, with a note", async () => {
  const { name, note } = await chooseBackend("webgpu");
  expect([name, tf.getBackend()]).toEqual(["webgpu", "webgpu"]);
  const { passedOver } = await chooseBackend();
  const reason = passedOver.find((backend) => backend.name === "webgpu")?.reason;
  expect(reason?.includes("software") || reason?.includes("no graphics card")).toBe(note?.includes("in software"));
});

test.runIf(hasWebgpu)("the report on webgpu alone describes its adapter", async () => {
  const [report, ...others] = await examine("webgpu");
  expect(others).toEqual([]);
  expect(report).toMatchObject({ usable: true, backend: "webgpu" });
  const adapter = report?.usable ? report.adapter : undefined;
  expect(adapter?.limits.maxStorageBufferBindingSize).toBeGreaterThan(2 ** 26);
  expect(adapter?.products.bfloat16).toBeGreaterThan(0);
});

test("the report has every backend once and marks the one that is used", async () => {
  const reports = await examine();
  expect(reports.map((report) => report.name)).toEqual(order);
  expect(reports.filter((report) => report.used)).toHaveLength(1);
  for (const report of reports) {
    if (report.usable) expect(Math.min(report.gigaflops, report.overhead)).toBeGreaterThan(0);
    else expect(report.reason).not.toBe("");
  }
  expect(reports.find((report) => report.used)).toMatchObject({ backend: tf.getBackend() });
});
