/**
 * A judge behind an OpenAI-compatible HTTP endpoint (`POST …/chat/completions`): a model too large to run here, asked to
 * grade answers. It may be slow, busy or down, and it costs money, so
 *  - every answer is kept on disk by the content of its question as soon as it arrives: a second run asks only what is missing;
 *  - what is busy (429), broken (5xx, no JSON, no text) or hanging is asked again, later each time;
 *  - a question that stays without an answer is a failure with its reason, beside the answers of the others;
 *  - when one question after the other fails, the rest are not asked any more, and say so.
 * The key is in no record: it comes from the environment, and goes nowhere but into the request's header.
 */

import { cache } from "../../cache/cache.ts";
import { host } from "../../host.ts";
import type { Message } from "../../types.ts";
import { type Judgement, judgementOf, type Line } from "./chat-request.ts";

export type EndpointOptions = {
  /** Up to and without `/chat/completions`: `https://api.openai.com/v1`, `http://127.0.0.1:8000/v1`. */
  readonly url: string;
  readonly model: string;
  /** Taken from `PALIMPSEST_JUDGE_KEY`, then `OPENAI_API_KEY` of the environment unless given. */
  readonly key?: string;
  /** Questions under way at once; 4 unless given. */
  readonly concurrency?: number;
  /** How often a question is asked again; 4 unless given. */
  readonly retries?: number;
  /** Seconds after which an answer is not waited for any more; 60 unless given. */
  readonly timeout?: number;
  /** Seconds before the first retry, doubled for each further one; 1 unless given. The endpoint's own `Retry-After` goes first. */
  readonly wait?: number;
  /** 2048 unless given. The temperature is 0. */
  readonly maxTokens?: number;
};

export type Endpoint = {
  /** The model that judges, as scores name it. */
  readonly name: string;
  /** One judgement per conversation, in their order. Rejects only when the cell was ended. */
  judge(conversations: readonly (readonly Message[])[]): Promise<Judgement[]>;
};

/** So many failures one after the other, and the rest is not asked. */
const patience = 6;

/** @throws if the address is none. */
export function judgeEndpoint(options: EndpointOptions): Endpoint {
  const { url, model, key = keyFromEnvironment(), retries = 4, timeout = 60, wait = 1, maxTokens = 2048 } = options;
  const line: Line = { address: addressOf(url), key, retries, timeout, wait };
  return {
    name: model,
    async judge(conversations) {
      const judgements: Judgement[] = [];
      const queue = [...conversations.entries()];
      const { signal } = host();
      let [failures, done] = [0, 0];
      const work = async (): Promise<void> => {
        for (let next = queue.shift(); next; next = queue.shift()) {
          signal.throwIfAborted();
          const [at, messages] = next;
          const request = { model, messages, temperature: 0, max_tokens: maxTokens };
          const asked: { judgement?: Judgement } = {};
          const ask = async (): Promise<string> => {
            const refused = `not asked: the endpoint failed ${patience} times in a row`;
            const judgement: Judgement =
              failures >= patience ? { ok: false, reason: refused } : await judgementOf(line, request, signal);
            asked.judgement = judgement;
            failures = judgement.ok ? 0 : failures + 1;
            // What is thrown is not remembered, so another run asks again.
            if (!judgement.ok) throw new Error(judgement.reason);
            return judgement.text;
          };
          const found = await cache("judgement", { address: line.address, request }, ask).then(
            (text): Judgement => asked.judgement ?? { ok: true, text, cached: true },
            (error): Judgement => {
              if (asked.judgement?.ok === false) return asked.judgement;
              throw error;
            },
          );
          judgements[at] = found;
          done += 1;
          host().progress("judge", done, conversations.length);
        }
      };
      await Promise.all(Array.from({ length: options.concurrency ?? 4 }, work));
      return judgements;
    },
  };
}

function addressOf(url: string): string {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new Error(`"${url}" is no address of a judge. Give one such as "https://api.openai.com/v1".`);
  return `${url.replace(/\/+$/, "")}/chat/completions`;
}

/** A browser has no environment. */
function keyFromEnvironment(): string | undefined {
  if (typeof process === "undefined") return undefined;
  return process.env.PALIMPSEST_JUDGE_KEY ?? process.env.OPENAI_API_KEY;
}
