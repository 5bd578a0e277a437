/** `node:crypto` in a page, for the functions that our code uses. */
import { Buffer } from "./buffer.ts";
import { Sha256 } from "./sha256.ts";

type Data = string | Uint8Array;
type Encoding = "hex" | "base64url";

const bytesOf = (data: Data): Uint8Array => (typeof data === "string" ? new TextEncoder().encode(data) : data);

function encoded(bytes: Uint8Array, encoding: Encoding | undefined): Buffer | string {
  const buffer = Buffer.from(bytes);
  return encoding === undefined ? buffer : buffer.toString(encoding);
}

class Hash {
  readonly #sha = new Sha256();

  update(data: Data): this {
    this.#sha.update(bytesOf(data));
    return this;
  }

  digest(encoding?: Encoding): Buffer | string {
    return encoded(this.#sha.digest(), encoding);
  }
}

class Hmac {
  readonly #inner = new Sha256();
  readonly #outer = new Sha256();

  constructor(key: Data) {
    const given = bytesOf(key);
    const block = new Uint8Array(64);
    block.set(given.byteLength > 64 ? digestOf(given) : given);
    this.#inner.update(block.map((byte) => byte ^ 0x36));
    this.#outer.update(block.map((byte) => byte ^ 0x5c));
  }

  update(data: Data): this {
    this.#inner.update(bytesOf(data));
    return this;
  }

  digest(encoding?: Encoding): Buffer | string {
    this.#outer.update(this.#inner.digest());
    return encoded(this.#outer.digest(), encoding);
  }
}

function digestOf(bytes: Uint8Array): Uint8Array {
  const sha = new Sha256();
  sha.update(bytes);
  return sha.digest();
}

function requireSha256(algorithm: string): void {
  if (algorithm !== "sha256") throw new Error(`This page computes sha256, not ${algorithm}.`);
}

export function createHash(algorithm: string): Hash {
  requireSha256(algorithm);
  return new Hash();
}

export function createHmac(algorithm: string, key: Data): Hmac {
  requireSha256(algorithm);
  return new Hmac(key);
}

export function randomBytes(count: number): Buffer {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(count)));
}

export function randomUUID(): string {
  return crypto.randomUUID();
}

export function timingSafeEqual(a: Uint8Array, b: Uint8Array): boolean {
  let different = a.byteLength ^ b.byteLength;
  for (let at = 0; at < a.byteLength; at++) different |= a[at]! ^ b[at]!;
  return different === 0;
}
