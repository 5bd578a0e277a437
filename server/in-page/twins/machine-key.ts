/**
 * `session/machine-key.ts` in a page: a key that ends with the tab. Results are signed so that a folder from elsewhere brings none along;
 * a page's files come from nowhere else.
 */
import { createHmac, randomBytes, timingSafeEqual } from "../node/crypto.ts";

const key = randomBytes(32).toString("hex");

export function machineKey(): { readonly key: string; readonly fault?: string } {
  return { key };
}

export function signature(signing: string, text: string): string {
  return createHmac("sha256", signing).update(text).digest("hex") as string;
}

export function isSignedBy(signing: string, text: string, signed: string): boolean {
  const encoder = new TextEncoder();
  const [expected, given] = [encoder.encode(signature(signing, text)), encoder.encode(signed)];
  return expected.length === given.length && timingSafeEqual(expected, given);
}
