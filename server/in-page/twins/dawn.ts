/** `cells/device/webgpu/dawn.ts` in a page: the browser's own adapter. */

type Found = { readonly adapter: GPUAdapter; readonly software: boolean };

let found: Found | undefined;

export async function findAdapter(allowed: "hardware only" | "software too"): Promise<Found | string> {
  const { gpu } = navigator;
  if (!gpu) return "this browser has no WebGPU";
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) return "this browser finds no graphics card";
  const software = adapter.info.isFallbackAdapter;
  if (software && allowed === "hardware only") return "there is only a software adapter";
  found = { adapter, software };
  return found;
}

export function softwareAdapter(): string | undefined {
  return found?.software ? found.adapter.info.description || "A software adapter" : undefined;
}

export function adapterInUse(): GPUAdapter | undefined {
  return found?.adapter;
}
