/** `chokidar` in a page: nobody else changes its files. */

export type FSWatcher = {
  readonly on: (event: string, listener: unknown) => FSWatcher;
  readonly add: (paths: readonly string[]) => void;
  readonly unwatch: (paths: readonly string[]) => void;
  readonly close: () => Promise<void>;
};

export function watch(): FSWatcher {
  const watcher: FSWatcher = { on: () => watcher, add: () => {}, unwatch: () => {}, close: async () => {} };
  return watcher;
}
