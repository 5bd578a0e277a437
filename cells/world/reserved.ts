/**
 * Which prompts are reserved for testing. It is a rule on the text and not a list: all code that makes training samples asks it, so
 * that no stream can contain a test prompt, however long it is.
 */
import { hash32 } from "../random.ts";

/** True for one in `share` texts. A reserved prompt occurs neither in pre-training nor in a rationale. */
export function reserved(text: string, share = 8): boolean {
  return hash32(text) % share === 0;
}
