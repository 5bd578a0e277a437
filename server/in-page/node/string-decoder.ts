/** `node:string_decoder` in a page: text from bytes that may be cut between two pieces. */

export class StringDecoder {
  readonly #decoder = new TextDecoder();

  write(bytes: Uint8Array): string {
    return this.#decoder.decode(bytes, { stream: true });
  }
}
