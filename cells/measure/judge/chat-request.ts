/**
 * One request to an OpenAI-compatible endpoint, with retries. When the endpoint is busy, broken or too slow, the request is repeated
 * after a wait that doubles each time. When the request itself is wrong (a bad key, an unknown model), it is not repeated.
 */

import { pow } from "../../portable-math.ts";
import type { Message } from "../../types.ts";

export type ChatRequest = {
  readonly model: string;
  readonly messages: readonly Message[];
  readonly temperature: number;
  readonly max_tokens: number;
};

/** The address and the rules for retries; `timeout` and `wait` are in seconds. */
export type Connection = {
  readonly address: string;
  readonly key: string | undefined;
  readonly retries: number;
  readonly timeout: number;
  readonly wait: number;
};

export type Judgement =
  | { readonly ok: true; readonly text: string; readonly cached: boolean }
  | { readonly ok: false; readonly reason: string };

/** The longest wait before a retry, in seconds, whatever the endpoint asks for. */
const longestWait = 60;

/** `retryAfter`: the least number of seconds before another try; undefined if another try cannot help. */
type Reply = { readonly text: string } | { readonly reason: string; readonly retryAfter: number | undefined };

/** @throws the abort reason if the cell is ended in the meantime. */
export async function judgementOf(
  connection: Connection,
  request: ChatRequest,
  signal: AbortSignal,
): Promise<Judgement> {
  for (let tried = 0; ; tried += 1) {
    const reply = await post(connection, request, signal);
    if ("text" in reply) return { ok: true, text: reply.text, cached: false };
    if (reply.retryAfter === undefined || tried >= connection.retries) {
      const tries = tried === 0 ? "" : ` (after ${tried + 1} tries)`;
      return { ok: false, reason: reply.reason + tries };
    }
    await pause(Math.min(longestWait, Math.max(reply.retryAfter, connection.wait * pow(2, tried))), signal);
  }
}

async function post({ address, key, timeout }: Connection, request: ChatRequest, signal: AbortSignal): Promise<Reply> {
  const headers = { "content-type": "application/json", ...(key !== undefined && { authorization: `Bearer ${key}` }) };
  const limit = AbortSignal.timeout(timeout * 1000);
  try {
    const init = { method: "POST", headers, body: JSON.stringify(request), signal: AbortSignal.any([signal, limit]) };
    const response = await fetch(address, init);
    const body = withoutKey(await response.text(), key);
    if (!response.ok) return refused(response, body);
    const text = textOf(body);
    return text === undefined ? { reason: `no answer in "${clipped(body)}"`, retryAfter: 0 } : { text };
  } catch (error) {
    signal.throwIfAborted();
    if (limit.aborted) return { reason: `no answer within ${timeout} seconds`, retryAfter: 0 };
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : error;
    return { reason: `the endpoint cannot be reached: ${cause}`, retryAfter: 0 };
  }
}

/** Too many requests and server errors are temporary; a wrong key, model or request is not. */
function refused(response: Response, body: string): Reply {
  const isTemporary = response.status === 429 || response.status === 408 || response.status >= 500;
  const after = Number(response.headers.get("retry-after") ?? 0);
  const reason = `the endpoint answered ${response.status}: "${clipped(body)}"`;
  return { reason, retryAfter: isTemporary ? (Number.isFinite(after) ? after : 0) : undefined };
}

function textOf(body: string): string | undefined {
  try {
    const { choices } = JSON.parse(body) as { choices?: readonly { message?: { content?: unknown } }[] };
    const content = choices?.[0]?.message?.content;
    return typeof content === "string" && content.trim() !== "" ? content : undefined;
  } catch {
    return undefined;
  }
}

const clipped = (text: string): string => (text.length > 200 ? `${text.slice(0, 199)}…` : text).replace(/\s+/g, " ");

/** An endpoint may quote the key in its answer. */
const withoutKey = (text: string, key: string | undefined): string => (key ? text.replaceAll(key, "…") : text);

function pause(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, seconds * 1000);
    signal.addEventListener("abort", stop, { once: true });
  });
}
