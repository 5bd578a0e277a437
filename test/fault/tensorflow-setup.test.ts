/** If `npm run setup:tensorflow` cannot work, or what it built is damaged, one message says so and what to do. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { registerTensorflow } from "../../cells/device/tensorflow/binding.ts";
import { bindingIn, recordIn } from "../../cells/device/tensorflow/binding-folder.ts";
import { compile, compiler } from "../../cells/device/tensorflow/compile.ts";
import { cudaLibraries } from "../../cells/device/tensorflow/cuda.ts";
import { libraryOfFolder, libraryOfPython, requireSupported } from "../../cells/device/tensorflow/library.ts";
import { unpack } from "../../cells/device/tensorflow/sources.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tensorflow-"));
});
afterAll(() => rm(root, { recursive: true }));

async function file(name: string, content = ""): Promise<string> {
  const path = join(root, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  return path;
}

async function program(name: string, script: string): Promise<string> {
  const path = await file(name, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

/** A fake Python that answers where its TensorFlow is. */
const python = (name: string, answer: object) =>
  program(name, `echo '${JSON.stringify({ python: "3.12", ...answer })}'`);
const ending = process.platform === "darwin" ? "2.dylib" : "so.2";
const header = join("include", "tensorflow", "c", "eager", "c_api.h");

describe("a Python", () => {
  test("that does not exist, or is not Python", async () => {
    await expect(libraryOfPython(join(root, "python9"))).rejects.toThrow(
      /The program .*python9 does not exist; .*--python.*--folder/,
    );
    const mute = await program("mute", "echo hello");
    await expect(libraryOfPython(mute)).rejects.toThrow(/mute is not a working Python 3; .*--python/);
  });

  test("without TensorFlow", async () => {
    const bare = await python("bare", { folder: null, version: null });
    await expect(libraryOfPython(bare)).rejects.toThrow(
      /bare \(Python 3\.12\) has no TensorFlow\. Install it with .*bare -m pip install tensorflow-cpu/,
    );
  });

  test("with a TensorFlow that is too old, or without a library to link to", async () => {
    const folder = join(root, "wheel");
    await mkdir(folder, { recursive: true });
    const old = await python("old", { folder, version: "2.4.1" });
    await expect(libraryOfPython(old)).rejects.toThrow(
      /TensorFlow 2\.4\.1 in .*wheel is not supported, only 2\.10 to 2\.29/,
    );
    const closed = await python("closed", { folder, version: "2.10.0" });
    await expect(libraryOfPython(closed)).rejects.toThrow(
      /wheel contains neither libtensorflow.* nor libtensorflow_cc/,
    );
  });

  test("with a wheel for CUDA: the libraries beside it are linked too", async () => {
    const main = await file(`site/tensorflow/libtensorflow_cc.${ending}`);
    const framework = await file(`site/tensorflow/libtensorflow_framework.${ending}`);
    await file(join("site", "tensorflow", header));
    const info = "build_info = collections.OrderedDict([('is_cuda_build', True), ('is_rocm_build', False)])";
    await file("site/tensorflow/python/platform/build_info.py", info);
    const runtime = await file("site/nvidia/cuda_runtime/lib/libcudart.so.12");
    const cudnn = await file("site/nvidia/cudnn/lib/libcudnn.so.9");
    await file("site/nvidia/cudnn/lib/libcudnn_ops.so.9");
    const folder = join(root, "site", "tensorflow");
    const found = await libraryOfPython(await python("cuda", { folder, version: "2.21.0" }));
    expect(found).toMatchObject({ version: "2.21.0", cuda: true, libraries: [main, framework, runtime, cudnn] });
    expect(cudaLibraries(join(root, "elsewhere", "tensorflow"))).toEqual([]);
  });
});

test("a folder that does not exist, has no library, or lacks the headers", async () => {
  expect(() => libraryOfFolder(join(root, "none"))).toThrow(/The folder .*none does not exist/);
  await file("archive/README");
  expect(() => libraryOfFolder(join(root, "archive"))).toThrow(/archive contains neither libtensorflow/);
  const main = await file(`archive/lib/libtensorflow.${ending}`);
  expect(() => libraryOfFolder(join(root, "archive"))).toThrow(
    /not its headers \(include\/tensorflow\/c\/eager\/c_api\.h\)/,
  );
  await file(join("archive", header));
  expect(libraryOfFolder(join(root, "archive"))).toMatchObject({ version: undefined, libraries: [main] });
});

test.each([
  ["2.9.1", false],
  ["2.10.0", true],
  ["2.21.0", true],
  ["2.30.0", false],
  ["3.1.0", false],
  ["1.15.0", false],
])("TensorFlow %s is supported: %s", (version, supported) => {
  if (supported) requireSupported(version, "there");
  else expect(() => requireSupported(version, "there")).toThrow(`TensorFlow ${version} in there is not supported`);
});

test("no compiler, and a compiler that fails", async () => {
  vi.stubEnv("CXX", join(root, "no-compiler"));
  await expect(compiler()).rejects.toThrow(/No C\+\+ compiler was found \(tried .*no-compiler\)\. Install one/);
  vi.unstubAllEnvs();
  const failing = await program(
    "c++",
    "echo 'In file included from here' >&2; echo 'x.cc:3:1: error: TFE_Op is gone' >&2; exit 1",
  );
  const library = { origin: "/opt/tf", version: "2.19.0", cuda: false, libraries: [], include: root };
  await expect(
    compile({ compiler: failing, sources: root, headers: root }, library, join(root, "x.node")),
  ).rejects.toThrow(
    /cannot build the binding against TensorFlow 2\.19\.0 in \/opt\/tf: x\.cc:3:1: error: TFE_Op is gone/,
  );
});

test("a registry that cannot be reached", async () => {
  vi.stubEnv("npm_config_registry", "http://127.0.0.1:9");
  vi.stubEnv("npm_config_fetch_retries", "0");
  vi.stubEnv("npm_config_cache", join(root, "cache"));
  await expect(unpack("google-protobuf@3.21.4", root)).rejects.toThrow(
    /npm cannot fetch google-protobuf@3\.21\.4 \(.*127\.0\.0\.1.*\); check that its registry can be reached\./,
  );
  vi.unstubAllEnvs();
});

test("a binding that was never built, has lost its TensorFlow, or does not load", async () => {
  expect(registerTensorflow(join(root, "never"))).toMatch(/^no TensorFlow is set up; .* npm run setup:tensorflow/);
  const folder = dirname(await file("built/package.json", "{}"));
  const library = await file("built/library");
  await writeFile(recordIn(folder), JSON.stringify({ version: "2.18.0", libraries: [library, join(folder, "gone")] }));
  expect(registerTensorflow(folder)).toMatch(
    /^the TensorFlow 2\.18\.0 that it was set up with is missing \(.*gone\); run npm run setup/,
  );
  await writeFile(recordIn(folder), JSON.stringify({ version: "2.18.0", libraries: [library] }));
  await writeFile(bindingIn(folder), "no library");
  expect(registerTensorflow(folder)).toMatch(
    /^the binding to TensorFlow 2\.18\.0 cannot be loaded \(.+\); run npm run setup/,
  );
});

test("the command gives exit code 1 after a failure and 2 after misuse, prints one line, and leaves no files", async () => {
  const entry = fileURLToPath(new URL("../../cells/device/tensorflow/setup.ts", import.meta.url));
  const setup = (...words: string[]) =>
    promisify(execFile)(process.execPath, ["--import", import.meta.resolve("tsx"), entry, ...words]).catch(
      (error: { code: number; stderr: string }) => error,
    );
  const missing = join(root, "no-python");
  const failed = await setup("--python", missing);
  expect(failed).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^setup:tensorflow: The program .* does not exist; .*\n$/),
  });
  expect(await setup("--python", missing, "--undo")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("only one of"),
  });
  expect(await setup("--pyton", missing)).toMatchObject({ code: 2, stderr: expect.stringContaining("--pyton") });
  expect(existsSync(new URL("../../node_modules/.palimpsest-tensorflow-new", import.meta.url))).toBe(false);
});
