/** A question of one of the families, with the only answer that counts as right. */
import type { Message } from "../types.ts";
import { reserved } from "./reserved.ts";

export type Question = {
  /** The turns before; only follow-up questions have them. */
  readonly earlier?: readonly Message[];
  readonly prompt: string;
  readonly answer: string;
  /** Reserved for testing. */
  readonly reserved: boolean;
};

/** @param share one in `share` prompts is reserved for testing */
export function question(prompt: string, answer: string, share = 8): Question {
  return { prompt, answer, reserved: reserved(prompt, share) };
}

export const messages = ({ earlier = [], prompt }: Question): Message[] => [
  ...earlier,
  { role: "user", content: prompt },
];
