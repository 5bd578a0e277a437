/**
 * WebGPU for Node: the npm package `webgpu` (Dawn) on this machine's Vulkan, Metal or Direct3D driver. Finds an adapter or says
 * what is missing. Software adapters compute a thousand times slower than a card and serve tests alone, so they are
 * used only where the backend was asked for by name.
 */
import { existsSync } from "node:fs";
import { constants, tmpdir } from "node:os";

type Dawn = {
  create(options: readonly string[]): GPU;
  readonly globals: Readonly<Record<string, unknown>>;
};

export type Found = { readonly adapter: GPUAdapter; readonly software: boolean };

/** Where Linux shows that there is a card: a graphics driver's node, NVIDIA's own, AMD's, or Windows' under WSL. */
const cards = ["/dev/dri", "/dev/nvidia0", "/dev/kfd", "/dev/dxg"];
/** Chromium brings the software adapter SwiftShader and a Vulkan loader. */
const chromium = ["/usr/lib/chromium", "/opt/google/chrome"];
/** Keeps a library loaded that is no module of Node's: glibc's RTLD_NODELETE. */
const keepLoaded = 0x1000;

/** Without the first, Dawn offers no timestamps at full resolution and no subgroup matrices; without the second, no f16 on NVIDIA. */
const toggles = ["allow_unsafe_apis", "vulkan_enable_f16_on_nvidia"];
/**
 * Shared memory is not cleared before a program, which all of ours write before they read: SwiftShader compiles the clearing
 * element by element, for seconds per program.
 */
const untold = "disable_workgroup_init";

// The devices die with it, and the process with them, if it is collected.
let gpu: GPU | undefined;
let found: Found | undefined;

/** @returns an adapter, or the reason why there is none. */
export async function findAdapter(allowed: "hardware only" | "software too"): Promise<Found | string> {
  const softwareToo = allowed === "software too";
  if (found) return found.software && !softwareToo ? onlySoftware(found.adapter) : found;
  const linux = process.platform === "linux";
  const card = !linux || cards.some((path) => existsSync(path));
  if (!card && !softwareToo) return "this machine shows no graphics card";
  if (linux && !card) offerSwiftShader();
  if (!gpu) {
    let dawn: Dawn;
    try {
      dawn = await import(packageName);
    } catch (error) {
      const { message, code } = error as Error & { readonly code?: string };
      return code === "ERR_MODULE_NOT_FOUND"
        ? `the package ${packageName} is not installed; npm install ${packageName}`
        : `the package ${packageName} does not load (${message.split("\n")[0]})`;
    }
    Object.assign(globalThis, dawn.globals);
    gpu = dawn.create([`enable-dawn-features=${(card ? toggles : [...toggles, untold]).join(",")}`]);
  }
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) return `there is no adapter: ${missing}`;
  const software = adapter.info.isFallbackAdapter || /swiftshader|llvmpipe|lavapipe/i.test(nameOf(adapter));
  if (software && !softwareToo) return onlySoftware(adapter);
  found = { adapter, software };
  return found;
}

/** The name of the adapter that is used, if it is a software adapter. */
export function softwareAdapter(): string | undefined {
  return found?.software ? nameOf(found.adapter) : undefined;
}

/** What is used of WebGPU; undefined before an adapter was found. */
export function adapterInUse(): GPUAdapter | undefined {
  return found?.adapter;
}

function onlySoftware(adapter: GPUAdapter): string {
  return `there is only a software adapter (${nameOf(adapter)}), which is used when --backend webgpu asks for it`;
}

// A variable, as the package is optional and need not be there to compile.
const packageName = "webgpu";

const missing =
  "install the graphics driver with its Vulkan part (on Debian libvulkan1 and the card's own driver); " +
  "without a card, chromium's software adapter serves tests";

function nameOf({ info }: GPUAdapter): string {
  return info.description || info.device || info.vendor || "nameless adapter";
}

/**
 * Tells Vulkan's loader of Chromium's software adapter, where nobody has told it of another. A process started by one that
 * did so finds it told already.
 */
function offerSwiftShader(): void {
  const told = process.env.VK_ICD_FILENAMES ?? process.env.VK_DRIVER_FILES;
  const driver = (folder: string): string => `${folder}/vk_swiftshader_icd.json`;
  const folder = chromium.find((path) => existsSync(driver(path)) && (told === undefined || told === driver(path)));
  if (!folder) return;
  process.env.VK_ICD_FILENAMES = driver(folder);
  process.env.XDG_RUNTIME_DIR ??= tmpdir();
  try {
    // Dawn asks for the loader by its plain name and so finds this one. Node refuses it as a module, but it stays loaded.
    process.dlopen({ exports: {} }, `${folder}/libvulkan.so.1`, constants.dlopen.RTLD_NOW | keepLoaded);
  } catch {
    // Always.
  }
}
