/**
 * Models: a base by its name and digest, since its weights are in files already; an adapter on it by its tensors. A
 * model that was made in memory, such as a merged one, has no files to be loaded from.
 */
import * as tf from "@tensorflow/tfjs";
import { host } from "../host.ts";
import type { Adapter } from "../model/adapter.ts";
import { type BaseModel, chatModel, type LocalModel, originOf } from "../model/chat-model.ts";
import type { TokenizerSettings } from "../model/tokenizer.ts";
import { type Code, type Codec, notCacheable } from "./codec.ts";

type ModelNode = {
  readonly kind: "model";
  readonly name: string;
  readonly settings: TokenizerSettings;
  readonly digest: string;
  readonly adapter: Code;
};

/** A codec for one file of values: each base is loaded once, so that models on the same base share its weights. */
export function models(): Codec<ModelNode> {
  const bases = new Map<string, Promise<BaseModel>>();
  return {
    kind: "model",
    encode(value, path, { code }) {
      if (!isModel(value)) return undefined;
      const origin = originOf(value);
      if (origin === undefined) throw notCacheable(path, "a model that was made in memory, not loaded");
      const { digest, adapter } = value;
      return { kind: "model", ...origin, digest, adapter: code(adapter, `${path}.adapter`) };
    },
    async decode({ name, settings, digest, adapter: code }, { value }) {
      const key = JSON.stringify([name, settings]);
      const loading = bases.get(key) ?? chatModel(name, settings);
      bases.set(key, loading);
      const base = await loading;
      if (base.digest !== digest) throw new Error(`The model ${name} has changed since the value was cached.`);
      const adapter = (await value(code)) as Adapter | undefined;
      if (adapter) host().onDispose(() => tf.dispose([...adapter.tensors.values()]));
      return adapter ? base.with(adapter) : base;
    },
  };
}

function isModel(value: object): value is LocalModel {
  return "decoder" in value && "tokenizer" in value && "generate" in value && typeof value.generate === "function";
}
