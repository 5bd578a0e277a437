/** Node's `process` in a page, for what our code asks of it. It has no `versions.node`: libraries would take the page for Node. */
import { runInNone } from "./context.ts";

export const page = {
  pid: 0,
  platform: "browser",
  arch: "wasm32",
  version: "none",
  versions: {},
  env: {} as Record<string, string | undefined>,
  argv: [] as string[],
  execArgv: [] as string[],
  exitCode: undefined,
  cwd: (): string => "/",
  nextTick: (work: (...given: unknown[]) => void, ...given: unknown[]): void =>
    queueMicrotask(() => runInNone(() => work(...given))),
  stderr: { write: (text: string): void => console.warn(text.trimEnd()) },
  stdout: { write: (text: string): void => console.info(text.trimEnd()) },
  on: (): void => {},
  off: (): void => {},
  listenerCount: (): number => 0,
  hrtime: (): [number, number] => [Math.floor(performance.now() / 1000), 1e6 * (performance.now() % 1000)],
  memoryUsage: (): { readonly heapUsed: number } => ({ heapUsed: 0 }),
};
