/** Runs in a worker of a browser: trains by each plan that it is sent, with the files of the page's own server. */
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { type Numbers, numbers, type Plan } from "./training.ts";

setWasmPaths("/tfjs/");

self.onmessage = async ({ data }: MessageEvent<{ plans: readonly Plan[]; names: readonly string[] }>) => {
  try {
    const read = async (name: string) =>
      [name, new Uint8Array(await (await fetch(`/model/${name}`)).arrayBuffer())] as const;
    const files = new Map(await Promise.all(data.names.map(read)));
    const found: Numbers[] = [];
    for (const plan of data.plans) found.push(await numbers(plan, files));
    self.postMessage({ found });
  } catch (error) {
    self.postMessage({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
};
