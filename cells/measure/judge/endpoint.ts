/**
 * A judge behind an OpenAI-compatible HTTP endpoint (`POST …/chat/completions`): a model that is too large to run here and grades
 * answers. It may be slow, busy or down, and it costs money. Therefore
 *  - every answer is cached on disk as soon as it arrives, so a second run asks only what is missing;
 *  - a request is repeated if the endpoint is busy (429), broken (5xx, invalid JSON, no text) or too slow, each time after a longer wait;
 *  - a request that gets no answer is a failure with its reason; the answers to the others are returned;
 *  - after several failures in a row, the remaining requests are not sent, and their reason says so.
 * The key is in no record. It comes from the environment and is only in the header of the request.
 */

import { cache } from "../../cache/cache.ts";
import { host } from "../../host.ts";
import type { Message } from "../../types.ts";
import { type ChatRequest, type Connection, type Judgement, judgementOf } from "./chat-request.ts";

export type EndpointOptions = {
  /** The address without `/chat/completions`: `https://api.openai.com/v1`, `http://127.0.0.1:8000/v1`. */
  readonly url: string;
  readonly model: string;
  /** Default: the environment variable `PALIMPSEST_JUDGE_KEY`, then `OPENAI_API_KEY`. */
  readonly key?: string;
  /** Requests at the same time. Default: 4. */
  readonly concurrency?: number;
  /** How often a request is repeated. Default: 4. */
  readonly retries?: number;
  /** Seconds to wait for an answer. Default: 60. */
  readonly timeout?: number;
  /** Seconds before the first retry; doubled for each further one, and at least what the endpoint says in `Retry-After`. Default: 1. */
  readonly wait?: number;
  /** Default: 2048. The temperature is always 0. */
  readonly maxTokens?: number;
};

export type Endpoint = {
  /** The name of the judging model, as it is given with scores. */
  readonly name: string;
  /** One judgement per conversation, in their order. Rejects only if the cell is ended. */
  judge(conversations: readonly (readonly Message[])[]): Promise<Judgement[]>;
};

/** After so many failures in a row, no further requests are sent. */
const failureLimit = 6;

/** A request that got no answer; the message is the reason. Errors are not cached, so another run asks again. */
class Unanswered extends Error {}

/** @throws if `url` is not an HTTP address. */
export function judgeEndpoint(options: EndpointOptions): Endpoint {
  const { url, model, key = keyFromEnvironment(), retries = 4, timeout = 60, wait = 1, maxTokens = 2048 } = options;
  const connection: Connection = { address: addressOf(url), key, retries, timeout, wait };
  return {
    name: model,
    async judge(conversations) {
      const { signal } = host();
      let failuresInRow = 0;
      const send = async (request: ChatRequest): Promise<string> => {
        if (failuresInRow >= failureLimit)
          throw new Unanswered(`not sent: the endpoint failed ${failureLimit} times in a row`);
        const judgement = await judgementOf(connection, request, signal);
        failuresInRow = judgement.ok ? 0 : failuresInRow + 1;
        if (!judgement.ok) throw new Unanswered(judgement.reason);
        return judgement.text;
      };
      const judgeOne = async (messages: readonly Message[]): Promise<Judgement> => {
        const request = { model, messages, temperature: 0, max_tokens: maxTokens };
        let cached = true;
        try {
          const ask = (): Promise<string> => {
            cached = false;
            return send(request);
          };
          const text = await cache("judgement", { address: connection.address, request }, ask, "received");
          return { ok: true, text, cached };
        } catch (error) {
          if (error instanceof Unanswered) return { ok: false, reason: error.message };
          throw error;
        }
      };
      const judgements: Judgement[] = [];
      const queue = [...conversations.entries()];
      let done = 0;
      const work = async (): Promise<void> => {
        for (let next = queue.shift(); next; next = queue.shift()) {
          signal.throwIfAborted();
          const [at, messages] = next;
          judgements[at] = await judgeOne(messages);
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
    throw new Error(
      `"${url}" is not an HTTP address. Give the address of a judge, such as "https://api.openai.com/v1".`,
    );
  return `${url.replace(/\/+$/, "")}/chat/completions`;
}

/** In a browser there is no environment. */
function keyFromEnvironment(): string | undefined {
  if (typeof process === "undefined") return undefined;
  return process.env.PALIMPSEST_JUDGE_KEY ?? process.env.OPENAI_API_KEY;
}
