/**
 * Costly steps of the library that are computed once and kept in the workspace. The key is all that the result depends on,
 * said by the step itself; the notebook's seed and the backend are in it only where the step puts them there. Tensors come
 * back bit for bit. A file that is absent, torn or was touched counts as not computed.
 */
import { sha256 } from "../digest.ts";
import { host } from "../host.ts";
import { type Kept, keep, restored } from "./stored-values.ts";

/**
 * @param step names the file, `.palimpsest/cache/<digest of step and key>/<step>.json`.
 * @param key JSON. @throws Unkeepable where `compute` gives what no file can hold.
 */
export async function cache<T>(step: string, key: unknown, compute: () => Promise<T>): Promise<T> {
  const file = `.palimpsest/cache/${await sha256(JSON.stringify([step, key]))}/${step}`;
  const known = await recall(file);
  // Whoever has the key computed a T.
  if (known) return known.get("result") as T;
  const result = await compute();
  const { values, tensors } = await keep(new Map([["result", result]]));
  const digest = tensors && (await sha256(tensors));
  if (tensors) await host().writeFile(`${file}.safetensors`, tensors);
  const body = JSON.stringify({ values, ...(digest !== undefined && { tensors: digest }) });
  await host().writeFile(`${file}.json`, `${JSON.stringify({ check: await sha256(body), body: JSON.parse(body) })}\n`);
  return result;
}

async function recall(file: string): Promise<Map<string, unknown> | undefined> {
  try {
    const text = new TextDecoder().decode(await host().readFile(`${file}.json`));
    const { check, body } = JSON.parse(text) as { check: string; body: { values: unknown; tensors?: string } };
    if (check !== (await sha256(JSON.stringify(body)))) return undefined;
    const kept: Kept = { values: body.values };
    if (body.tensors === undefined) return await restored(kept);
    const tensors = await host().readFile(`${file}.safetensors`);
    return (await sha256(tensors)) === body.tensors ? await restored({ ...kept, tensors }) : undefined;
  } catch {
    return undefined;
  }
}
