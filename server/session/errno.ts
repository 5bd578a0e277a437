/** Errors of the file system in plain words, without the absolute path that Node puts into its messages. */

export type Explained = {
  /** What an HTTP answer says about it. */
  readonly status: 400 | 403 | 404 | 409 | 503 | 507;
  readonly message: string;
};

const EXPLAINED: Readonly<Record<string, Explained>> = {
  ENAMETOOLONG: { status: 400, message: "This name is too long for the file system. Choose a shorter one." },
  ENOTDIR: { status: 400, message: "A part of this path is a file, not a folder. Choose another path." },
  EISDIR: { status: 400, message: "This is a folder, not a file. Choose another path." },
  ELOOP: { status: 400, message: "The links in this path lead in a circle. Remove one of them." },
  EINVAL: { status: 400, message: "The file system does not allow this name. Choose another one." },
  ENOENT: { status: 404, message: "This file does not exist." },
  EEXIST: { status: 409, message: "This file exists already. Choose another name." },
  EACCES: { status: 403, message: "This user has no permission for this file or its folder. Change its permissions." },
  EPERM: { status: 403, message: "This user has no permission for this file or its folder. Change its permissions." },
  EROFS: { status: 403, message: "This folder cannot be written: its file system is read-only." },
  ENOSPC: { status: 507, message: "The disk is full. Free some space and try again." },
  EDQUOT: { status: 507, message: "This user's disk quota is used up. Free some space and try again." },
  EMFILE: { status: 503, message: "Too many files are open. Close some notebooks, or raise the limit (ulimit -n)." },
  ENFILE: { status: 503, message: "Too many files are open on this machine. Close some programs." },
};

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** @returns undefined for an error that is not one of the file system */
export function explained(error: unknown): Explained | undefined {
  return EXPLAINED[codeOf(error) ?? ""];
}
