/**
 * Caches the result of an expensive step on disk; it survives restarts. The step itself gives the key, which must
 * contain everything that the result depends on; the notebook's seed and the backend are in it only if the step adds
 * them. Tensors are restored bit for bit. A file that is missing, incomplete or modified counts as not cached.
 */
import { sha256 } from "../digest.ts";
import { host } from "../host.ts";
import { restoreValues, storeValues } from "./stored-values.ts";

/**
 * The cached result of a step, or `compute()` if there is none.
 * @param step names the files: `.palimpsest/cache/<digest of step and key>/<step>.json`, and `.safetensors` for bytes
 * @param key JSON
 * @throws NotCacheable if `compute` returns something that cannot be stored in a file
 */
export async function cache<T>(step: string, key: unknown, compute: () => Promise<T>): Promise<T> {
  const file = `.palimpsest/cache/${await sha256(JSON.stringify([step, key]))}/${step}`;
  const cached = await read(file);
  // Files with this key were written with a T.
  if (cached) return cached.get("result") as T;
  const result = await compute();
  await write(file, new Map([["result", result]]));
  return result;
}

async function write(file: string, named: ReadonlyMap<string, unknown>): Promise<void> {
  const { values, tensors } = await storeValues(named);
  const digest = tensors && (await sha256(tensors));
  if (tensors) await host().writeFile(`${file}.safetensors`, tensors);
  const body = JSON.stringify({ values, ...(digest !== undefined && { tensors: digest }) });
  await host().writeFile(`${file}.json`, `${JSON.stringify({ check: await sha256(body), body: JSON.parse(body) })}\n`);
}

async function read(file: string): Promise<Map<string, unknown> | undefined> {
  try {
    const text = new TextDecoder().decode(await host().readFile(`${file}.json`));
    const { check, body } = JSON.parse(text) as { check: string; body: { values: unknown; tensors?: string } };
    if (check !== (await sha256(JSON.stringify(body)))) return undefined;
    const { values } = body;
    if (body.tensors === undefined) return await restoreValues({ values });
    const tensors = await host().readFile(`${file}.safetensors`);
    return (await sha256(tensors)) === body.tensors ? await restoreValues({ values, tensors }) : undefined;
  } catch {
    return undefined;
  }
}
