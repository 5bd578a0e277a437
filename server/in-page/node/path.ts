/** `node:path` in a page, for the functions that our code uses: paths with forward slashes, below a root of their own. */

export const sep = "/";

export function isAbsolute(path: string): boolean {
  return path.startsWith("/");
}

export function normalize(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== ".." || (parts.length === 0 && !isAbsolute(path)) || parts.at(-1) === "..") parts.push(part);
    else parts.pop();
  }
  const text = parts.join("/");
  const slash = path.endsWith("/") ? "/" : "";
  if (isAbsolute(path)) return text === "" ? "/" : `/${text}${slash}`;
  return (text || ".") + slash;
}

export function join(...parts: string[]): string {
  const given = parts.filter((part) => part !== "");
  return given.length === 0 ? "." : normalize(given.join("/"));
}

export function resolve(...parts: string[]): string {
  let path = "";
  for (const part of parts.toReversed()) {
    if (isAbsolute(path)) break;
    if (part !== "") path = path === "" ? part : `${part}/${path}`;
  }
  const whole = normalize(isAbsolute(path) ? path : `/${path}`);
  return whole === "/" ? whole : whole.replace(/\/$/, "");
}

export function dirname(path: string): string {
  const trimmed = path.replace(/(?<=.)\/+$/, "");
  const at = trimmed.lastIndexOf("/");
  return at < 0 ? "." : trimmed.slice(0, at) || "/";
}

export function basename(path: string, ending = ""): string {
  const name = path.replace(/\/+$/, "").split("/").at(-1) ?? "";
  return ending !== "" && name.endsWith(ending) && name !== ending ? name.slice(0, -ending.length) : name;
}

export function extname(path: string): string {
  const name = basename(path);
  const at = name.lastIndexOf(".");
  return at <= 0 || name === ".." ? "" : name.slice(at);
}

export function relative(from: string, to: string): string {
  const parts = (path: string): string[] =>
    resolve(path)
      .split("/")
      .filter((part) => part !== "");
  const [here, there] = [parts(from), parts(to)];
  let same = 0;
  while (same < here.length && here[same] === there[same]) same += 1;
  return [...here.slice(same).map(() => ".."), ...there.slice(same)].join("/");
}
