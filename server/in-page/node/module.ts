/** `node:module` in a page: nothing is built in. */

export function isBuiltin(name: string): boolean {
  return name.startsWith("node:");
}
