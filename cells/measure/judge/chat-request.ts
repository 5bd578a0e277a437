/**
 * One request to an OpenAI-compatible endpoint until it is answered or there is no hope: what is busy, broken or hanging is
 * asked again, later each time; what is wrong (a key, a model's name) is not.
 */
import type { Message } from "../../types.ts";

export type ChatRequest = {
  readonly model: string;
  readonly messages: readonly Message[];
  readonly temperature: number;
  readonly max_tokens: number;
};

/** Where and how to ask; `timeout` and `wait` in seconds. */
export type Line = {
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

/** `again`: whether another try may help, and after how many seconds at least. */
type Reply = { readonly text: string } | { readonly reason: string; readonly again: number | undefined };

/** @throws the reason of the abort when the cell was ended meanwhile. */
export async function judgementOf(line: Line, request: ChatRequest, signal: AbortSignal): Promise<Judgement> {
  for (let tried = 0; ; tried += 1) {
    const reply = await post(line, request, signal);
    if ("text" in reply) return { ok: true, text: reply.text, cached: false };
    if (reply.again === undefined || tried >= line.retries) {
      const tries = tried === 0 ? "" : ` (asked ${tried + 1} times)`;
      return { ok: false, reason: reply.reason + tries };
    }
    await pause(Math.min(longestWait, Math.max(reply.again, line.wait * 2 ** tried)), signal);
  }
}

async function post({ address, key, timeout }: Line, request: ChatRequest, signal: AbortSignal): Promise<Reply> {
  const headers = { "content-type": "application/json", ...(key !== undefined && { authorization: `Bearer ${key}` }) };
  const limit = AbortSignal.timeout(timeout * 1000);
  try {
    const init = { method: "POST", headers, body: JSON.stringify(request), signal: AbortSignal.any([signal, limit]) };
    const response = await fetch(address, init);
    const body = withoutKey(await response.text(), key);
    if (!response.ok) return refused(response, body);
    const text = textOf(body);
    return text === undefined ? { reason: `no answer in "${clipped(body)}"`, again: 0 } : { text };
  } catch (error) {
    signal.throwIfAborted();
    if (limit.aborted) return { reason: `no answer within ${timeout} seconds`, again: 0 };
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : error;
    return { reason: `the endpoint cannot be reached: ${cause}`, again: 0 };
  }
}

/** Too many requests and failures of the server pass; a wrong key, model or request does not. */
function refused(response: Response, body: string): Reply {
  const passes = response.status === 429 || response.status === 408 || response.status >= 500;
  const after = Number(response.headers.get("retry-after") ?? 0);
  const reason = `the endpoint answered ${response.status}: "${clipped(body)}"`;
  return { reason, again: passes ? (Number.isFinite(after) ? after : 0) : undefined };
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

/** An endpoint may quote the key that it was sent. */
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
