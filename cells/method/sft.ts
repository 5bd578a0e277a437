/**
 * Supervised fine-tuning on conversations of the user: L = NLL(answer | all turns before it). As a method of its own it teaches a
 * behaviour; beside translations its samples replay one.
 */
import type { Method } from "../contracts.ts";
import { type Conversation, chatSamples } from "../data/chat-file.ts";
import { requireItems } from "../given.ts";
import { requireKnown } from "../options.ts";
import type { Normalisation } from "../types.ts";

export type SftOptions = {
  /** Which of the assistant's turns are learnt; the others are context. Default: all. */
  readonly turns?: "all" | "last";
  /** Recorded, so that runs with equal settings can be compared; with one role it does not change the loss. Default: `"token"`. */
  readonly per?: Normalisation;
};

/** @throws if there are no conversations */
export function sft(chats: readonly Conversation[], options: SftOptions = {}): Method {
  requireKnown("sft(…)", options, ["turns", "per"]);
  const { turns = "all", per = "token" } = options;
  requireItems("sft(…)", "conversations", chats);
  return {
    name: "sft",
    per,
    samples: chats.flatMap((chat) => chatSamples([chat]).slice(turns === "all" ? 0 : -1)),
    weight: () => 1,
    config: { chats: chats.length, turns, per },
    knobs: {},
  };
}
