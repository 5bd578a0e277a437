/** The address of a notebook's page. */
export function notebookAddress(path: string): string {
  return `/notebook/${path.split("/").map(encodeURIComponent).join("/")}`;
}
