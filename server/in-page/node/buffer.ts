/** Node's `Buffer` in a page, for the functions that our code uses. */

type Encoding = "utf8" | "utf-8" | "hex" | "base64" | "base64url" | "latin1";

export class Buffer extends Uint8Array<ArrayBuffer> {
  static override from(data: string | ArrayLike<number> | ArrayBuffer | Iterable<number>, encoding?: unknown): Buffer {
    if (typeof data === "string") return bufferOf(decoded(data, (encoding ?? "utf8") as Encoding));
    if (data instanceof ArrayBuffer) return new Buffer(data);
    return bufferOf(data instanceof Uint8Array ? data : Uint8Array.from(data as ArrayLike<number>));
  }

  /** @param from a length, or the bytes to share */
  constructor(from: number | ArrayBuffer, offset?: number, length?: number) {
    // The types of the base class list its forms apart.
    super(from as ArrayBuffer, offset, length);
  }

  static alloc(length: number): Buffer {
    return new Buffer(length);
  }

  static allocUnsafe(length: number): Buffer {
    return new Buffer(length);
  }

  static allocUnsafeSlow(length: number): Buffer {
    return new Buffer(length);
  }

  static isBuffer(value: unknown): value is Buffer {
    return value instanceof Buffer;
  }

  static byteLength(text: string): number {
    return new TextEncoder().encode(text).byteLength;
  }

  static concat(parts: readonly Uint8Array[]): Buffer {
    const whole = new Buffer(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.byteLength;
    }
    return whole;
  }

  override toString(encoding: Encoding = "utf8"): string {
    switch (encoding) {
      case "hex":
        return Array.from(this, (byte) => byte.toString(16).padStart(2, "0")).join("");
      case "base64":
      case "base64url": {
        let text = "";
        for (let at = 0; at < this.byteLength; at += 0x8000)
          text += String.fromCharCode(...this.subarray(at, at + 0x8000));
        const base64 = btoa(text);
        return encoding === "base64" ? base64 : base64.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
      }
      case "latin1":
        return Array.from(this, (byte) => String.fromCharCode(byte)).join("");
      default:
        // Node keeps the mark of the byte order, so that a text is written back as it was.
        return new TextDecoder("utf-8", { ignoreBOM: true }).decode(this);
    }
  }

  equals(other: Uint8Array): boolean {
    return this.byteLength === other.byteLength && this.every((byte, at) => byte === other[at]);
  }
}

function bufferOf(bytes: Uint8Array): Buffer {
  const made = new Buffer(bytes.byteLength);
  made.set(bytes);
  return made;
}

function decoded(text: string, encoding: Encoding): Uint8Array {
  switch (encoding) {
    case "hex":
      return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
    case "base64":
    case "base64url":
      return Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
    case "latin1":
      return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    default:
      return new TextEncoder().encode(text);
  }
}
