/**
 * WebGPU in Node: the npm package `webgpu` (Dawn) on the Vulkan, Metal or Direct3D driver of this machine. Finds an adapter, or the
 * reason why there is none. A software adapter is a thousand times slower than a GPU and useful for tests only, so it is used only if
 * the user asks for the backend by name.
 */
import { existsSync } from "node:fs";
import { constants, tmpdir } from "node:os";

type Dawn = {
  create(options: readonly string[]): GPU;
  readonly globals: Readonly<Record<string, unknown>>;
};

export type Found = { readonly adapter: GPUAdapter; readonly software: boolean };

/** Paths that show on Linux that there is a GPU: a graphics driver's, NVIDIA's, AMD's, or that of Windows under WSL. */
const gpuPaths = ["/dev/dri", "/dev/nvidia0", "/dev/kfd", "/dev/dxg"];
/** Chromium contains the software adapter SwiftShader and a Vulkan loader. */
const chromium = ["/usr/lib/chromium", "/opt/google/chrome"];
/** glibc's RTLD_NODELETE: the library stays loaded although Node rejects it as a module. */
const keepLoaded = 0x1000;

/** The first enables timestamps at full resolution and subgroup matrices, the second f16 on NVIDIA. */
const toggles = ["allow_unsafe_apis", "vulkan_enable_f16_on_nvidia"];
/**
 * Workgroup memory is not cleared before a program runs; all programs here write it before they read it. SwiftShader would compile the
 * clearing element by element, which takes seconds per program.
 */
const skipClearing = "disable_workgroup_init";

// Must stay referenced: if it were collected, its devices would be destroyed and the process would crash.
let gpu: GPU | undefined;
let found: Found | undefined;

/** @returns an adapter, or the reason why there is none. */
export async function findAdapter(allowed: "hardware only" | "software too"): Promise<Found | string> {
  const softwareToo = allowed === "software too";
  if (found) return found.software && !softwareToo ? onlySoftware(found.adapter) : found;
  const linux = process.platform === "linux";
  const hasGpu = !linux || gpuPaths.some((path) => existsSync(path));
  if (!hasGpu && !softwareToo) return "this machine has no graphics card";
  if (linux && !hasGpu) offerSwiftShader();
  if (!gpu) {
    let dawn: Dawn;
    try {
      dawn = await import(packageName);
    } catch (error) {
      const { message, code } = error as Error & { readonly code?: string };
      return code === "ERR_MODULE_NOT_FOUND"
        ? `the package ${packageName} is not installed; npm install ${packageName}`
        : `the package ${packageName} cannot be loaded (${message.split("\n")[0]})`;
    }
    Object.assign(globalThis, dawn.globals);
    gpu = dawn.create([`enable-dawn-features=${(hasGpu ? toggles : [...toggles, skipClearing]).join(",")}`]);
  }
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) return `there is no adapter: ${missing}`;
  const software = adapter.info.isFallbackAdapter || /swiftshader|llvmpipe|lavapipe/i.test(nameOf(adapter));
  if (software && !softwareToo) return onlySoftware(adapter);
  found = { adapter, software };
  return found;
}

/** The name of the adapter in use, if it is a software adapter. */
export function softwareAdapter(): string | undefined {
  return found?.software ? nameOf(found.adapter) : undefined;
}

/** Undefined until `findAdapter` has found one. */
export function adapterInUse(): GPUAdapter | undefined {
  return found?.adapter;
}

function onlySoftware(adapter: GPUAdapter): string {
  return `there is only a software adapter (${nameOf(adapter)}), which is used with --backend webgpu only`;
}

// A variable, so that TypeScript compiles without the optional package.
const packageName = "webgpu";

const missing =
  "install the graphics driver with Vulkan support (on Debian libvulkan1 and the driver of the GPU); " +
  "for tests without a GPU, install chromium, which contains a software adapter";

function nameOf({ info }: GPUAdapter): string {
  return info.description || info.device || info.vendor || "unnamed adapter";
}

/**
 * Makes Vulkan's loader use Chromium's software adapter, unless the environment names another driver. A child process inherits the
 * setting, so it may already be there.
 */
function offerSwiftShader(): void {
  const configured = process.env.VK_ICD_FILENAMES ?? process.env.VK_DRIVER_FILES;
  const driver = (folder: string): string => `${folder}/vk_swiftshader_icd.json`;
  const folder = chromium.find(
    (path) => existsSync(driver(path)) && (configured === undefined || configured === driver(path)),
  );
  if (!folder) return;
  process.env.VK_ICD_FILENAMES = driver(folder);
  process.env.XDG_RUNTIME_DIR ??= tmpdir();
  try {
    // Dawn opens the loader by name and so gets this one. Node rejects it as a module, but it stays loaded.
    process.dlopen({ exports: {} }, `${folder}/libvulkan.so.1`, constants.dlopen.RTLD_NOW | keepLoaded);
  } catch {
    // Node always throws here, since the library is not a module.
  }
}
