/** `session/package-state.ts` in a page: its packages came with it and cannot change. */

export type PackageState = { readonly version: string; readonly digest: string };

export function packageName(): undefined {
  return undefined;
}

export function packageState(): PackageState {
  return { version: "in this page", digest: "" };
}

export function filesIn(): string[] {
  return [];
}
