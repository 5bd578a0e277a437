/**
 * Results of single steps, such as the texts that a model wrote, in files under `.palimpsest/cache`. They are signed with the key of
 * this machine: what came from elsewhere, or was changed, counts as missing, and the page is told once.
 */
import { isSignedBy, signature } from "../session/machine-key.ts";
import type { Files } from "./files.ts";

export class SignedResults {
  readonly #files: Files;
  readonly #key: string;
  readonly #onForeign: () => void;
  #saidForeign = false;

  constructor(files: Files, key: string, onForeign: () => void) {
    this.#files = files;
    this.#key = key;
    this.#onForeign = onForeign;
  }

  async write(name: string, text: string): Promise<void> {
    await this.#files.write(pathOf(name), `${JSON.stringify({ signature: this.#sign(name, text), text })}\n`);
  }

  async read(name: string): Promise<string | undefined> {
    let file: unknown;
    try {
      file = JSON.parse(new TextDecoder().decode(await this.#files.read(pathOf(name))));
    } catch {
      return undefined;
    }
    if (typeof file !== "object" || file === null || !("signature" in file) || !("text" in file)) return undefined;
    const { signature: signed, text } = file;
    if (typeof signed !== "string" || typeof text !== "string") return undefined;
    if (isSignedBy(this.#key, signedText(name, text), signed)) return text;
    if (!this.#saidForeign) this.#onForeign();
    this.#saidForeign = true;
    return undefined;
  }

  #sign(name: string, text: string): string {
    return signature(this.#key, signedText(name, text));
  }
}

/** The name is part of it, so that a result cannot be given to another step. */
function signedText(name: string, text: string): string {
  return JSON.stringify(["step", name, text]);
}

function pathOf(name: string): string {
  return `.palimpsest/cache/${name}.json`;
}
