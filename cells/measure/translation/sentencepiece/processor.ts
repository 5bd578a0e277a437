/**
 * SentencePiece, compiled to WebAssembly. Only this file loads the library. Two of its properties are worked around here: it reads its
 * model from a path, while cells have bytes; and it adds listeners that end the process at any unhandled rejection.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

type Processor = {
  load(path: string): Promise<void>;
  encodePieces(text: string): string[];
  encodeIds(text: string): number[];
};
type Library = { readonly SentencePieceProcessor: new () => Processor };

/** If the bytes are not a model, the library makes a processor that finds no pieces in any text. */
export const processorOf = (bytes: Uint8Array): Promise<Processor> => withoutNewListeners(() => loaded(bytes));

async function loaded(bytes: Uint8Array): Promise<Processor> {
  const { SentencePieceProcessor } = createRequire(import.meta.url)("sentencepiece-js") as Library;
  const folder = await mkdtemp(join(tmpdir(), "palimpsest-sentencepiece-"));
  try {
    const file = join(folder, "sentencepiece.model");
    await writeFile(file, bytes);
    const processor = new SentencePieceProcessor();
    await processor.load(file);
    return processor;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function withoutNewListeners<T>(load: () => Promise<T>): Promise<T> {
  const kinds = ["uncaughtException", "unhandledRejection"] as const;
  const before = new Set<unknown>(kinds.flatMap((kind) => process.listeners(kind as "exit")));
  try {
    return await load();
  } finally {
    for (const kind of kinds) {
      for (const listener of process.listeners(kind as "exit")) {
        if (!before.has(listener)) process.removeListener(kind, listener);
      }
    }
  }
}
