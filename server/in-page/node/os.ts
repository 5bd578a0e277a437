/** `node:os` in a page. */

export function tmpdir(): string {
  return "/tmp";
}

export function homedir(): string {
  return "/home";
}

export function availableParallelism(): number {
  return 1;
}

export function cpus(): readonly { readonly model: string }[] {
  return [];
}

/** A page has no name in a network. */
export function hostname(): string {
  return "page";
}
