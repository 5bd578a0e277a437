/** A question of a general family with the one answer that counts as right. */
import type { Message } from "../types.ts";
import { reserved } from "./reserved.ts";

export type Question = {
  /** What was said before; only two-turn questions have it. */
  readonly earlier?: readonly Message[];
  readonly prompt: string;
  readonly answer: string;
  /** Kept for testing. */
  readonly reserved: boolean;
};

/** @param share one prompt in so many is kept for testing */
export function question(prompt: string, answer: string, share = 8): Question {
  return { prompt, answer, reserved: reserved(prompt, share) };
}

export const messages = ({ earlier = [], prompt }: Question): Message[] => [
  ...earlier,
  { role: "user", content: prompt },
];
