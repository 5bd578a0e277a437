/** `node:diagnostics_channel` in a page: no processes are started here, so there is nothing to hear of. */

export function subscribe(_channel: string, _listener: (message: unknown) => void): void {}
