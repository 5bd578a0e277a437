/**
 * Which prompts are kept for testing. A rule on the text and not a list: whoever writes a training sample asks it, so
 * that no stream, however long, can contain a test prompt.
 */
import { hash32 } from "../random.ts";

/** True for one text in `share`. Such a prompt never occurs in pre-training, nor inside a note. */
export function reserved(text: string, share = 8): boolean {
  return hash32(text) % share === 0;
}
