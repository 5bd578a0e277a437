/** `kernel/watched-files.ts` in a page: its files cannot change behind a cell's back, so reads need not be noted. */

export function watchFiles(): void {}
