/**
 * Which names a new notebook and its folders may have. The rules are those of all systems together, so that a folder of
 * notebooks can be copied to another machine, and a notebook that can be made can also be opened and saved.
 */

/** Palimpsest adds endings to the name for its own files, and most file systems allow 255 bytes. */
const NAME_BYTES = 200;
const FILE = /^[\p{L}\p{N}_][\p{L}\p{M}\p{N} ._-]*\.ts$/u;
const FOLDER = /^[\p{L}\p{N}_][\p{L}\p{M}\p{N} ._-]*$/u;
/** Windows keeps these names for devices, with any ending. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** What is wrong with the path of a new notebook, for the user; undefined if it is good. */
export function nameFault(path: string): string | undefined {
  const parts = path.split("/");
  for (const [index, part] of parts.entries()) {
    const last = index === parts.length - 1;
    const stem = last ? part.replace(/\.ts$/, "") : part;
    const shown = JSON.stringify(part.length > 60 ? `${part.slice(0, 60)}…` : part);
    if (Buffer.byteLength(part) > NAME_BYTES) return `${shown} is too long for a name: at most ${NAME_BYTES} bytes.`;
    if (!(last ? FILE : FOLDER).test(part))
      return `${shown} is not a valid name for a ${last ? "notebook" : "folder"}: use letters, digits, spaces, dots, - and _.`;
    if (/[ .]$/.test(stem)) return `${shown} is not a valid name: it must not end with a dot or a space.`;
    if (DEVICE.test(part)) return `${shown} is not a valid name: Windows keeps it for a device.`;
  }
  return undefined;
}

/** Makes a name for a file or a folder, without an ending, of any text. */
export function fileStem(text: string): string {
  const words = text.toLowerCase().replace(/[^\p{L}\p{M}\p{N}_]+/gu, "-");
  let stem = words.replace(/^-+|-+$/g, "").replace(/^\p{M}+/u, "");
  while (Buffer.byteLength(stem) > NAME_BYTES / 2) stem = stem.slice(0, -1);
  stem = stem.replace(/-+$/, "");
  return stem === "" || DEVICE.test(stem) ? `experiment${stem === "" ? "" : `-${stem}`}` : stem;
}

/** A name that fits into the file system: its ending stays. */
export function shortName(name: string): string {
  const ending = /\.[^.]{1,16}$/.exec(name)?.[0] ?? "";
  let stem = name.slice(0, name.length - ending.length);
  while (Buffer.byteLength(stem + ending) > 200) stem = stem.slice(0, -1);
  return stem + ending;
}
